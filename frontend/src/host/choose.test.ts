import { describe, expect, it, vi } from "vitest";
import { hostOf } from "./choose";
import { pageHost } from "./page";

/** The parts of a window that the hosts look at. */
class FakeWindow extends EventTarget {
  parent: FakeWindow = this;
  top: FakeWindow | null = this;
  frameElement: unknown = null;
  innerHeight = 800;
  readonly posted: unknown[] = [];
  readonly entries: string[] = [];
  readonly location = { href: "", hash: "", pathname: "", search: "" };
  readonly history = {
    state: "kept",
    replaceState: (state: unknown, _: string, url: string) => this.go(state, url, false),
    pushState: (state: unknown, _: string, url: string) => this.go(state, url, true),
  };
  document = { body: fakeElement(), activeElement: null as unknown };

  constructor(href: string) {
    super();
    const { pathname, search, hash } = new URL(href);
    Object.assign(this.location, { href, pathname, search, hash });
  }

  /** Puts this window into a frame of `page`, which only a page of the same origin can see. */
  framedBy(page: FakeWindow, frame: unknown): this {
    this.parent = page;
    this.top = page.top;
    this.frameElement = frame;
    return this;
  }

  postMessage(message: unknown): void {
    this.posted.push(message);
  }

  matchMedia(): unknown {
    return { matches: true, addEventListener: () => {}, removeEventListener: () => {} };
  }

  private go(state: unknown, url: string, push: boolean): void {
    expect(state).toBe("kept");
    if (push) this.entries.push(url);
    this.location.hash = new URL(url, this.location.href).hash;
  }
}

/** An element within elements of these names, itself included. */
function fakeElement(src = "", ...within: readonly string[]): unknown {
  return {
    closest: (name: string) => (within.includes(name) ? {} : null),
    getAttribute: (name: string) => (name === "src" ? src : null),
    classList: { contains: (name: string) => within.includes(`.${name}`) },
    matches: () => false,
  };
}

const ENTRY = "data/plugin_entry.html?name=attention";
const source = {
  get: async (address: string) =>
    new TextEncoder().encode(address === "../../runs" ? '["a", "b"]' : "").buffer,
};

function hostIn(own: FakeWindow) {
  return hostOf(own as unknown as Window, source);
}

function plugin(): FakeWindow {
  return new FakeWindow(`http://board/${ENTRY}#own`);
}

function board(): { readonly page: FakeWindow; readonly own: FakeWindow } {
  const page = new FakeWindow("http://board/x/?y=1#attention&p.attention.step=7");
  return { page, own: plugin().framedBy(page, fakeElement(ENTRY, "tb-webapp")) };
}

/** Pages that are not TensorBoard's, with our page in them. */
const ELSEWHERE: readonly (readonly [string, () => FakeWindow])[] = [
  ["no parent", plugin],
  [
    "a parent of another origin",
    () => {
      const foreign = new FakeWindow("http://elsewhere/#theirs");
      // What a browser does at every look at such a page.
      const forbid = (): never => {
        throw new DOMException("Blocked a frame", "SecurityError");
      };
      Object.defineProperty(foreign, "location", { get: forbid });
      Object.defineProperty(foreign, "document", { get: forbid });
      return plugin().framedBy(foreign, null);
    },
  ],
  [
    "a notebook of the same origin",
    () => plugin().framedBy(new FakeWindow("http://board/lab#theirs"), fakeElement(`/${ENTRY}`)),
  ],
  [
    "a frame of another kind within TensorBoard",
    () => plugin().framedBy(board().page, fakeElement("about:srcdoc", "tb-webapp")),
  ],
];

describe("in TensorBoard", () => {
  it("the address is TensorBoard's", () => {
    const { page, own } = board();
    const host = hostIn(own);
    expect([host.hash(), host.address()]).toEqual([
      "#attention&p.attention.step=7",
      "http://board/x/?y=1#attention&p.attention.step=7",
    ]);
    host.replaceHash("#attention&p.attention.step=8");
    expect([page.location.hash, own.location.hash, page.entries]).toEqual([
      "#attention&p.attention.step=8",
      "#own",
      [],
    ]);
    host.pushHash("#attention&p.attention.step=9");
    expect(page.entries).toEqual(["/x/?y=1#attention&p.attention.step=9"]);
    const listener = vi.fn();
    const stop = host.followHash(listener);
    page.dispatchEvent(new Event("popstate"));
    page.dispatchEvent(new Event("hashchange"));
    stop();
    page.dispatchEvent(new Event("popstate"));
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it("the theme is that of its switch", () => {
    vi.stubGlobal(
      "MutationObserver",
      class {
        observe(): void {}
        disconnect(): void {}
      },
    );
    const { page, own } = board();
    const told = vi.fn();
    hostIn(own).followTheme(told)();
    page.document.body = fakeElement("", ".dark-mode");
    hostIn(own).followTheme(told)();
    expect(told.mock.calls).toEqual([["light"], ["dark"]]);
    vi.unstubAllGlobals();
  });

  it("its reload is heard, and answered", async () => {
    const { page, own } = board();
    const ports: MessagePort[] = [];
    page.postMessage = (message: unknown, ...rest: readonly unknown[]) => {
      expect(message).toBe("experimental.bootstrap");
      ports.push(...(rest[1] as MessagePort[]));
    };
    const listener = vi.fn();
    const stop = hostIn(own).followReload(listener);
    const replies: unknown[] = [];
    const port = ports[0];
    if (!port) throw new Error("no port was given");
    port.onmessage = (event) => replies.push(JSON.parse(event.data));
    for (const message of [
      "no JSON",
      '{"type": "experimental.DataReloaded", "id": 3}',
      '{"type": "other", "id": 4}',
    ])
      port.postMessage(message);
    await vi.waitFor(() => expect(replies).toHaveLength(2));
    expect(listener).toHaveBeenCalledTimes(1);
    expect(replies[0]).toMatchObject({ id: 3, isReply: true });
    stop();
  });

  it.each([
    ["nothing has the focus", null, true],
    ["the tab that was clicked has it", fakeElement("", "plugin-selector"), true],
    ["a text field has it", fakeElement(), false],
    ["the frame of another plugin has it", fakeElement("data/plugin_entry.html?name=x"), false],
  ])("the keyboard: %s", (_, focused, may) => {
    const { page, own } = board();
    page.document.activeElement = focused;
    expect(hostIn(own).mayTakeKeys()).toBe(may);
  });

  it("the keyboard stays where it is while TensorBoard is in a notebook's frame itself", () => {
    const { page, own } = board();
    const notebook = new FakeWindow("http://board/lab");
    page.parent = page.top = own.top = notebook;
    const host = hostIn(own);
    expect([host.mayTakeKeys(), host.hash()]).toEqual([false, "#attention&p.attention.step=7"]);
  });
});

describe.each(ELSEWHERE)("with %s", (_, framed) => {
  it("the address is our own, and nothing else is touched", () => {
    const own = framed();
    const host = hostIn(own);
    expect([host.hash(), host.address()]).toEqual(["#own", own.location.href]);
    host.replaceHash("#new");
    expect([own.location.hash, own.parent === own || own.parent.posted.length === 0]).toEqual([
      "#new",
      true,
    ]);
  });

  it("the theme is the browser's, and nobody is asked for reloads or the keyboard", () => {
    const own = framed();
    const [host, told] = [hostIn(own), vi.fn()];
    host.followTheme(told);
    host.followReload(told);
    expect(told.mock.calls).toEqual([["dark"]]);
    expect([host.mayTakeKeys(), own.parent.posted]).toEqual([false, []]);
  });
});

describe.each([["TensorBoard", () => board().own] as const, ...ELSEWHERE])(
  "with %s",
  (_, framed) => {
    it("is seen while there is any height", () => {
      const own = framed();
      const told = vi.fn();
      const stop = hostIn(own).followVisible(told);
      own.innerHeight = 0;
      own.dispatchEvent(new Event("resize"));
      stop();
      own.dispatchEvent(new Event("resize"));
      expect(told.mock.calls).toEqual([[true], [false]]);
    });

    it("runs are the server's, each with its colours", async () => {
      const runs = await hostIn(framed()).runs(new AbortController().signal);
      expect(runs.map((each) => each.name)).toEqual(["a", "b"]);
      expect(new Set(runs.map((each) => each.colour.light)).size).toBe(2);
    });
  },
);

describe("a page in the frame of a notebook", () => {
  it("remembers what is shown, and touches neither address nor history", () => {
    const own = new FakeWindow("about:srcdoc");
    const host = pageHost(own as unknown as Window, async () => []);
    host.replaceHash("#a");
    host.pushHash("#b");
    expect([host.hash(), host.address()]).toEqual(["#b", ""]);
    expect([own.entries, own.location.hash, own.location.href]).toEqual([[], "", "about:srcdoc"]);
  });

  it("has the address of its file where it is one", () => {
    const own = new FakeWindow("file:///tmp/attention.html");
    const host = pageHost(own as unknown as Window, async () => []);
    host.replaceHash("#a");
    expect([host.hash(), own.location.hash]).toEqual(["#a", "#a"]);
  });
});
