/** The part of a drawing context that moves the plane and builds paths, as path data of SVG. */

import { Matrix } from "./matrix";
import { number } from "./xml";

export class VectorPath {
  protected matrix = Matrix.IDENTITY;
  protected path: string[] = [];

  translate(x: number, y: number): void {
    this.matrix = this.matrix.times(new Matrix(1, 0, 0, 1, x, y));
  }

  scale(x: number, y: number): void {
    this.matrix = this.matrix.times(new Matrix(x, 0, 0, y, 0, 0));
  }

  rotate(angle: number): void {
    this.matrix = this.matrix.times(
      new Matrix(Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0),
    );
  }

  beginPath(): void {
    this.path = [];
  }

  closePath(): void {
    this.path.push("Z");
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${this.at(x, y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`${this.path.length === 0 ? "M" : "L"}${this.at(x, y)}`);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.path.push(`C${this.at(x1, y1)} ${this.at(x2, y2)} ${this.at(x, y)}`);
  }

  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    this.path.push(`Q${this.at(x1, y1)} ${this.at(x, y)}`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(this.box(x, y, width, height));
  }

  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    const r = Math.max(0, Math.min(radius, width / 2, height / 2));
    if (r === 0) {
      this.rect(x, y, width, height);
      return;
    }
    const [right, bottom] = [x + width, y + height];
    this.moveTo(x + r, y);
    this.lineTo(right - r, y);
    this.quadraticCurveTo(right, y, right, y + r);
    this.lineTo(right, bottom - r);
    this.quadraticCurveTo(right, bottom, right - r, bottom);
    this.lineTo(x + r, bottom);
    this.quadraticCurveTo(x, bottom, x, bottom - r);
    this.lineTo(x, y + r);
    this.quadraticCurveTo(x, y, x + r, y);
    this.closePath();
  }

  /** As curves of at most a quarter of a circle, so that every transformation keeps its form. */
  arc(x: number, y: number, radius: number, from: number, to: number, backwards = false): void {
    const full = 2 * Math.PI;
    let sweep = backwards ? from - to : to - from;
    sweep = sweep >= full ? full : ((sweep % full) + full) % full;
    const count = Math.max(1, Math.ceil(sweep / (Math.PI / 2)));
    const each = ((backwards ? -1 : 1) * sweep) / count;
    const reach = (4 / 3) * Math.tan(each / 4) * radius;
    this.lineTo(x + radius * Math.cos(from), y + radius * Math.sin(from));
    for (let at = 0; at < count; at++) {
      const [start, end] = [from + at * each, from + (at + 1) * each];
      const [x0, y0] = [x + radius * Math.cos(start), y + radius * Math.sin(start)];
      const [x3, y3] = [x + radius * Math.cos(end), y + radius * Math.sin(end)];
      const [dx0, dy0] = [-reach * Math.sin(start), reach * Math.cos(start)];
      const [dx3, dy3] = [-reach * Math.sin(end), reach * Math.cos(end)];
      this.bezierCurveTo(x0 + dx0, y0 + dy0, x3 - dx3, y3 - dy3, x3, y3);
    }
  }

  protected at(x: number, y: number): string {
    const point = this.matrix.apply(x, y);
    return `${number(point.x)} ${number(point.y)}`;
  }

  protected box(x: number, y: number, width: number, height: number): string {
    const corners = [
      this.at(x, y),
      this.at(x + width, y),
      this.at(x + width, y + height),
      this.at(x, y + height),
    ];
    return `M${corners.join("L")}Z`;
  }
}
