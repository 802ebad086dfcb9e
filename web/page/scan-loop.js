// Judges the camera's frames, one after the other.

/**
 * Judges frames with one in flight: takes the next only after the answer, and drops the frames between. Rejects with a
 * ScannerError where the recogniser fails.
 * @param {object} scan
 * @param {import("./live-video.js").LiveVideo} scan.live
 * @param {import("./frame-judge.js").FrameJudge} scan.frames
 * @param {(trouble: import("./live-video.js").Trouble) => void} scan.onTrouble
 * @param {(judged: import("./frame-judge.js").Judged) => void} scan.onJudged
 * @param {() => boolean} scan.wanted false ends the scan: asked after every wait
 * @param {number} scan.perSecond most frames judged in a second
 */
export async function judgeFrames({ live, frames, onTrouble, onJudged, wanted, perSecond }) {
  const interval = 1000 / perSecond;
  while (wanted()) {
    const began = performance.now();
    await live.nextFrame();
    if (!wanted()) return;
    const { trouble } = live;
    if (trouble) onTrouble(trouble);
    if (!wanted()) return;
    const judged = await frames.judge();
    if (!wanted()) return;
    if (judged) onJudged(judged);
    const rest = interval - (performance.now() - began);
    if (rest > 4) await new Promise((resolve) => setTimeout(resolve, rest - 4));
  }
}
