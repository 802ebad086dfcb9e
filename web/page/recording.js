// Keeps the last judged frames, so that a person can show what went wrong. Nothing is kept until somebody asks for it.
import { ScannerError } from "../shared/errors.js";
import { describeCamera } from "./device.js";
import { withoutAddresses } from "./named-files.js";
import { recordingFile } from "./recording-file.js";

/** @typedef {import("../shared/protocol.js").Box} Box */
/** @typedef {import("../shared/protocol.js").Frame} Frame */
/** @typedef {import("../shared/protocol.js").Makers} Makers */
/** @typedef {import("../shared/protocol.js").Noted} Noted */
/** @typedef {import("../shared/protocol.js").Verdict} Verdict */
/**
 * One judged frame. `at` is in milliseconds since the scanner was made; `number` counts the frames of a stream from 1,
 * as Python does. A frame that broke the worker has an error instead of a verdict.
 * @typedef {Frame & {at: number, region: Box, number: number, verdict: Verdict | null, noted: Noted | null,
 *   error: string | null}} KeptFrame
 */
/** @typedef {{at: number} & Record<string, unknown>} Happening  a change of state, a camera opened, an error */
/** @typedef {{frames: KeptFrame[], needed: KeptFrame[], most: number | null, happenings: Happening[],
 *   makers: Makers | null}} Kept */

/** Longest recording in seconds. */
const MOST_SECONDS = 10;
/** Most bytes of pixels that are kept: 5 s of a phone's frames. */
const MOST_BYTES = 80e6;
/** Most happenings that are kept. */
const MOST_HAPPENINGS = 200;

export class Recording {
  /** Seconds that each of those who asked wants kept. @type {Set<{seconds: number}>} */
  #wishes = new Set();
  /** @type {KeptFrame[]} */
  #frames = [];
  /** Older frames that the memory before the oldest kept frame speaks of. @type {KeptFrame[]} */
  #needed = [];
  /** @type {Happening[]} */
  #happenings = [];
  #state = "";
  #scanning = false;
  #video;
  #remote;
  /** @type {Makers | null} */
  #makers = null;
  #began = performance.now();

  /**
   * @param {HTMLVideoElement} video
   * @param {import("./remote-scanner.js").RemoteScanner} remote
   */
  constructor(video, remote) {
    this.#video = video;
    this.#remote = remote;
  }

  get on() {
    return this.#wishes.size > 0;
  }

  /**
   * Keeps the frames of the last seconds from now on, until the returned function is called.
   * @param {number} seconds
   */
  keep(seconds) {
    const wish = { seconds };
    this.#wishes.add(wish);
    if (this.#wishes.size === 1) this.#begin();
    return () => {
      this.#wishes.delete(wish);
      if (!this.on) {
        this.#frames = [];
        this.#needed = [];
      }
    };
  }

  /**
   * Notes an error.
   * @param {ScannerError} error
   */
  error({ code, message }) {
    this.note({ error: `${code}: ${withoutAddresses(message)}` });
  }

  /**
   * Notes a change of state, or a camera.
   * @param {Record<string, unknown>} what
   */
  note(what) {
    this.#happenings.push({ at: this.#now(), ...what });
    if (this.#happenings.length > MOST_HAPPENINGS) this.#happenings.shift();
  }

  /** Notes a change of state; the progress of loading is none. @param {import("./status.js").Status} status */
  state({ state, waiting, hint }) {
    const now = JSON.stringify({ state, waiting, hint });
    if (now !== this.#state) this.note({ state, waiting, hint });
    this.#state = now;
    const before = this.#scanning;
    this.#scanning = state === "scanning";
    if (!before) this.#begin();
  }

  /** Notes the camera, and the makers of the verdicts: later the camera may be off, and the worker broken. */
  #begin() {
    if (!this.on || !this.#scanning) return;
    this.note({ camera: describeCamera(this.#video) });
    this.#remote.makers().then(
      (makers) => (this.#makers = makers),
      () => {}, // a worker that cannot answer fails the scan, too
    );
  }

  /**
   * Copies a frame before the worker gets it; returns a function to call with the answer, or null if nothing is kept.
   * @param {Frame} frame
   * @param {Box} region in frame pixels
   */
  keeping({ width, height, pixels }, region) {
    if (!this.on) return null;
    const kept = { width, height, pixels: pixels.slice(0), region, at: this.#now() };
    return (/** @type {{verdict: Verdict, noted: Noted | null} | {error: unknown}} */ answer) => {
      if ("error" in answer)
        this.#add({ ...kept, number: 0, verdict: null, noted: null, error: withoutAddresses(String(answer.error)) });
      else this.#add({ ...kept, ...answer, number: numberOf(kept, answer.noted), error: null });
    };
  }

  /**
   * Records for some seconds; resolves to the zip. Rejects with "invalid-argument".
   * @param {number} seconds
   */
  async during(seconds) {
    if (!(typeof seconds === "number" && seconds > 0 && seconds <= MOST_SECONDS)) {
      throw new ScannerError(
        "invalid-argument",
        `record needs a number of seconds above 0 and at most ${MOST_SECONDS}, such as 5, but got ${String(seconds)}.`,
      );
    }
    // A search of an earlier frame, which was not kept, could not be done again: the worker forgets the earlier frames.
    if (!this.on && this.#scanning) this.#remote.reset().catch(() => {}); // the next frame reports a broken worker
    const done = this.keep(seconds);
    const began = this.#now();
    try {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return await this.toFile(began);
    } finally {
      done();
    }
  }

  /** The frames, and all else, of the present moment. @param {number} [since] milliseconds, as `at` */
  #kept(since = 0) {
    const frames = [...this.#frames];
    // A search that began in a frame that was not kept cannot be done again, nor can a picture be followed from there.
    while (frames.length > 0 && (frames[0].at < since || !this.#canBeJudged(frames[0]))) frames.shift();
    const needed = frames.length > 0 ? this.#neededBy(frames[0]).found : [];
    return { frames, needed, most: this.#remote.most, happenings: [...this.#happenings], makers: this.#makers };
  }

  /**
   * Resolves to the zip of the frames kept.
   * @param {number} [since] milliseconds, as `at`
   * @returns {Promise<Blob>}
   */
  toFile(since) {
    return recordingFile(this.#kept(since));
  }

  /** Whole seconds that the frames kept span, at least 1; 0 without a frame. */
  get seconds() {
    const { frames } = this.#kept();
    return frames.length > 0 ? Math.max(1, Math.ceil((frames[frames.length - 1].at - frames[0].at) / 1000)) : 0;
  }

  #now() {
    return Math.round(performance.now() - this.#began);
  }

  /** @param {KeptFrame} frame */
  #add(frame) {
    if (!this.on) return;
    this.#frames.push(frame);
    const oldest = frame.at - 1000 * Math.max(...[...this.#wishes].map(({ seconds }) => seconds));
    let bytes = this.#frames.reduce((sum, { pixels }) => sum + pixels.byteLength, 0);
    while (this.#frames.length > 1 && (this.#frames[0].at < oldest || bytes > MOST_BYTES)) {
      bytes -= this.#frames[0].pixels.byteLength;
      this.#needed = this.#neededBy(this.#frames[1]).found;
      this.#frames.shift();
    }
  }

  /** @param {KeptFrame} frame */
  #canBeJudged(frame) {
    return this.#neededBy(frame).all;
  }

  /**
   * Returns the earlier frames that the memory before `frame` speaks of, the oldest first, and whether all are kept.
   * @param {KeptFrame} frame one of those kept
   */
  #neededBy(frame) {
    const memory = frame.noted?.memory;
    const frames = [memory?.middle?.frame, memory?.search?.frame, memory?.part?.frame, memory?.tracks?.before];
    const numbers = frames.filter((number) => typeof number === "number");
    const earlier = [...this.#frames.slice(0, this.#frames.indexOf(frame)).reverse(), ...this.#needed];
    const found = new Set(numbers.map((number) => earlier.find((one) => one.number === number)));
    const kept = [...found].filter((one) => one !== undefined).sort((one, other) => one.at - other.at);
    return { found: kept, all: kept.length === found.size };
  }
}

/**
 * Returns the number of a frame in its stream. A frame of another size is the first of a new stream (scanner/memory.py).
 * @param {import("../shared/protocol.js").Size} frame
 * @param {Noted | null} noted
 */
function numberOf({ width, height }, noted) {
  const memory = noted?.memory;
  if (!memory) return 1;
  const turned = memory.shape !== null && (memory.shape[0] !== height || memory.shape[1] !== width);
  return turned ? 1 : memory.frames + 1;
}
