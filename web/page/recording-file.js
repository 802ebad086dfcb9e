// The file of a recording: a zip of the frames as PNG, and of everything that was said of them as JSON.
// scanner/offline/replay/recording.py reads it.
import { VERSION } from "../shared/version.js";
import { describeDevice } from "./device.js";
import { toPng } from "./png.js";
import { toZip } from "./zip.js";

/** @typedef {import("./recording.js").KeptFrame} KeptFrame */

const README = `A recording of phash-scanner: what a camera saw, and what the scanner said of it.

frames/         the frames that were judged, pixel for pixel
recording.json  the verdict on each frame, times, states and errors, browser, camera settings and versions

Everything that the camera saw is in the frames: faces, rooms, papers. Give the file only to people you trust with it.

To judge the frames again:  phash-scanner replay FILE.zip --bundle references.json --html replay.html
`;

/**
 * Resolves to the zip.
 * @param {import("./recording.js").Kept} kept
 * @returns {Promise<Blob>}
 */
export async function recordingFile({ frames, needed, most, happenings, makers }) {
  const date = new Date();
  const all = [...needed, ...frames];
  const path = (/** @type {number} */ index) => `frames/${String(index + 1).padStart(4, "0")}.png`;
  const recording = {
    format: "image-scanner-recording",
    version: 1,
    saved: date.toISOString(),
    package: VERSION,
    build: makers?.build ?? null,
    versions: makers?.versions ?? {},
    bundle: { sha256: makers?.sha256 ?? null },
    most,
    device: describeDevice(),
    happenings,
    frames: all.map((frame, index) => ({ file: path(index), ...factsOf(frame, needed.includes(frame)) })),
  };
  const text = (/** @type {string} */ content) => new TextEncoder().encode(content);
  const files = [
    { path: "README.txt", content: text(README) },
    { path: "recording.json", content: text(`${JSON.stringify(recording, null, 1)}\n`) },
  ];
  for (const [index, frame] of all.entries()) files.push({ path: path(index), content: await toPng(frame) });
  return toZip(files, date);
}

/**
 * Returns all of a frame but its pixels. A frame that is here for a later frame alone has no verdict.
 * @param {KeptFrame} frame
 * @param {boolean} neededOnly
 */
function factsOf({ at, number, width, height, region, verdict, noted, error }, neededOnly) {
  const place = [region.left, region.top, region.width, region.height];
  const facts = { at, number, width, height, region: place };
  if (neededOnly || !verdict) return { ...facts, verdict: null, error: neededOnly ? null : error };
  const { outcome, id, distance, margin, corners, milliseconds, quality, matches } = verdict;
  const said = { outcome, id, distance, margin, corners };
  return {
    ...facts,
    verdict: said,
    matches: matches?.map(({ reference, ...match }) => match),
    error,
    milliseconds,
    quality,
    memory: noted?.memory ?? null,
    pieces: noted?.pieces,
  };
}
