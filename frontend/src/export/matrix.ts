/** A transformation of the plane: x' = a x + c y + e, y' = b x + d y + f. */

import { number } from "./xml";

export class Matrix {
  static readonly IDENTITY = new Matrix(1, 0, 0, 1, 0, 0);

  constructor(
    readonly a: number,
    readonly b: number,
    readonly c: number,
    readonly d: number,
    readonly e: number,
    readonly f: number,
  ) {}

  /** `next` first, then this one. */
  times(next: Matrix): Matrix {
    const { x, y } = this.apply(next.e, next.f);
    return new Matrix(
      this.a * next.a + this.c * next.b,
      this.b * next.a + this.d * next.b,
      this.a * next.c + this.c * next.d,
      this.b * next.c + this.d * next.d,
      x,
      y,
    );
  }

  apply(x: number, y: number): { readonly x: number; readonly y: number } {
    return { x: this.a * x + this.c * y + this.e, y: this.b * x + this.d * y + this.f };
  }

  get translation(): boolean {
    return this.a === 1 && this.b === 0 && this.c === 0 && this.d === 1;
  }

  get identity(): boolean {
    return this.translation && this.e === 0 && this.f === 0;
  }

  /** How much longer lengths become. */
  get size(): number {
    return Math.sqrt(Math.abs(this.a * this.d - this.b * this.c));
  }

  /** As the attribute `transform` of SVG. */
  text(): string {
    return `matrix(${[this.a, this.b, this.c, this.d, this.e, this.f].map((each) => number(each, 5)).join(" ")})`;
  }
}
