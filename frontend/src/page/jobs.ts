/**
 * Answers that take long, as the server gives them: what is known after a moment, and more each
 * time that they are asked for, until they are whole.
 */

/** A request waits for so long for the whole answer, in milliseconds. */
export const PATIENCE = 400;
/** What nobody asks for in so many milliseconds is given up, as on the server. */
const GIVEN_UP = 10_000;

/** Says how an answer stands; `soFar` makes it where somebody asks. */
export type Tell = (soFar: () => ArrayBuffer) => void;
export type Work = (signal: AbortSignal, tell: Tell) => Promise<ArrayBuffer>;

interface Job {
  readonly whole: Promise<ArrayBuffer>;
  readonly ended: AbortController;
  soFar: (() => ArrayBuffer) | null;
  /** How many ask for it just now. */
  waiting: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Jobs {
  private readonly patience: number;
  private readonly jobs = new Map<string, Job>();

  constructor(patience: number) {
    this.patience = patience;
  }

  /** The answer that `key` names, or what of it is known; `work` begins it where nobody has. */
  async get(key: string, work: Work, signal: AbortSignal): Promise<ArrayBuffer> {
    const job = this.jobs.get(key) ?? this.begin(key, work);
    clearTimeout(job.timer);
    job.waiting += 1;
    const leave = (): void => {
      if (job.waiting === 1) this.end(key, job, signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      const found = await Promise.race([job.whole, afterwards(this.patience)]);
      const answer = found ?? job.soFar?.() ?? (await job.whole);
      signal.throwIfAborted();
      return answer;
    } finally {
      job.waiting -= 1;
      signal.removeEventListener("abort", leave);
      const nobody = new DOMException("Nobody asks for it.", "AbortError");
      clearTimeout(job.timer);
      job.timer = setTimeout(() => this.end(key, job, nobody), GIVEN_UP);
    }
  }

  private begin(key: string, work: Work): Job {
    const ended = new AbortController();
    const tell: Tell = (soFar) => {
      job.soFar = soFar;
    };
    const whole = Promise.resolve().then(() => work(ended.signal, tell));
    const job: Job = { whole, ended, soFar: null, waiting: 0, timer: undefined };
    this.jobs.set(key, job);
    // Whoever asks gets the error; nobody may be asking just then.
    whole.catch(() => {});
    return job;
  }

  private end(key: string, job: Job, why: unknown): void {
    clearTimeout(job.timer);
    job.ended.abort(why);
    if (this.jobs.get(key) === job) this.jobs.delete(key);
  }
}

function afterwards(milliseconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));
}
