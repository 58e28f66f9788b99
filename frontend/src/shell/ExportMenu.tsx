/** The menu Export: the picture, the numbers under it, or a link to it. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { capture } from "../state/data";
import { host } from "../state/host";
import { makePage } from "../state/page_file";
import { useLeaving } from "../ui/leaving";
import { DOWN, moveFocus } from "../ui/roving";
import { drawnNow } from "../views/drawn";
import type { DrawnView } from "../views/view";
import {
  copyLink,
  exportCsv,
  exportFigure,
  exporting,
  exportNote,
  exportPage,
} from "./export_action";
import { FigureChoices } from "./FigureChoices";

export function ExportMenu(): JSX.Element {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const active = capture.value !== null && drawnNow.value?.ready() ? drawnNow.value : null;
  useEffect(() => {
    if (open.value) box.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [open.value]);
  useLeaving(open, box);
  const close = (): void => {
    open.value = false;
    opener.current?.focus();
  };
  return (
    <div class="export" ref={box}>
      <span
        class="note export-note"
        role="status"
        title={exportNote.value}
        data-testid="export-note"
      >
        {exportNote}
      </span>
      <button
        ref={opener}
        type="button"
        class="quiet"
        aria-haspopup="menu"
        aria-expanded={open.value}
        disabled={active === null || exporting.value}
        data-testid="export"
        onClick={() => {
          open.value = !open.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          open.value = true;
        }}
      >
        Export <span aria-hidden="true">▾</span>
      </button>
      {open.value && active && <Menu active={active} close={close} />}
    </div>
  );
}

interface Item {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** Why it cannot be had here, in the place of the hint. */
  readonly missing?: string;
  readonly act: () => Promise<void>;
}

function figuresOf(active: DrawnView): readonly Item[] {
  return [
    {
      name: "png",
      label: "PNG",
      hint: "figure of pixels, 600 an inch",
      act: () => exportFigure(active, "png"),
    },
    {
      name: "svg",
      label: "SVG",
      hint: "figure whose text stays text",
      act: () => exportFigure(active, "svg"),
    },
    {
      name: "pdf",
      label: "PDF",
      hint: "figure with its fonts in it",
      act: () => exportFigure(active, "pdf"),
    },
  ];
}

function othersOf(active: DrawnView): readonly Item[] {
  const tables = active.tables();
  return [
    ...tables.map((table) => ({
      name: `csv-${table.name}`,
      label: "CSV",
      hint: table.label,
      act: () => exportCsv(active, table),
    })),
    {
      name: "page",
      label: "Page",
      hint: "what is shown, as one file without a server",
      ...(makePage.value ? {} : { missing: "this is one" }),
      act: () => exportPage(active),
    },
    {
      name: "link",
      label: "Copy link",
      hint: "opens what you see",
      ...(host.value?.address() === "" ? { missing: "a frame in a notebook has no address" } : {}),
      act: copyLink,
    },
  ];
}

function Menu({
  active,
  close,
}: {
  readonly active: DrawnView;
  readonly close: () => void;
}): JSX.Element {
  return (
    <div
      class="menu card"
      role="menu"
      tabIndex={-1}
      aria-label="Export"
      onKeyDown={(event) => move(event, close)}
    >
      {figuresOf(active).map((each) => (
        <MenuItem key={each.name} item={each} close={close} />
      ))}
      <FigureChoices />
      {othersOf(active).map((each) => (
        <MenuItem key={each.name} item={each} close={close} />
      ))}
    </div>
  );
}

function MenuItem({
  item,
  close,
}: {
  readonly item: Item;
  readonly close: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="menu-item"
      role="menuitem"
      tabIndex={-1}
      aria-disabled={item.missing !== undefined}
      data-testid={`export-${item.name}`}
      onClick={() => {
        if (item.missing !== undefined) return;
        close();
        void item.act();
      }}
    >
      <b>{item.label}</b> <span class="note">{item.missing ?? item.hint}</span>
    </button>
  );
}

function move(event: TargetedKeyboardEvent<HTMLElement>, close: () => void): void {
  if (moveFocus(event, DOWN) || event.key !== "Escape") return;
  close();
  // Handled here: the same key would otherwise let a pin go.
  event.preventDefault();
  event.stopPropagation();
}
