/**
 * Requests on their way: the same address is asked for once at a time, and given up when nobody
 * waits for it any more.
 */

import type { Source } from "./source";

interface Flight {
  readonly answer: Promise<ArrayBuffer>;
  readonly controller: AbortController;
  waiting: number;
}

export class Flights implements Source {
  private readonly source: Source;
  private readonly flights = new Map<string, Flight>();

  constructor(source: Source) {
    this.source = source;
  }

  async get(address: string, signal: AbortSignal): Promise<ArrayBuffer> {
    signal.throwIfAborted();
    const flight = this.flights.get(address) ?? this.start(address);
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        flight.waiting -= 1;
        if (flight.waiting === 0) this.giveUp(address, flight);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      flight.answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  private start(address: string): Flight {
    const controller = new AbortController();
    const answer = this.source.get(address, controller.signal);
    const flight: Flight = { answer, controller, waiting: 0 };
    this.flights.set(address, flight);
    const land = (): void => this.forget(address, flight);
    flight.answer.then(land, land);
    return flight;
  }

  private giveUp(address: string, flight: Flight): void {
    this.forget(address, flight);
    flight.controller.abort();
  }

  private forget(address: string, flight: Flight): void {
    if (this.flights.get(address) === flight) this.flights.delete(address);
  }
}
