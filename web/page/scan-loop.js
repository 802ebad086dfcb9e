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
 * @param {() => number} scan.perSecond most frames judged in a second: asked after every frame
 */
export async function judgeFrames({ live, frames, onTrouble, onJudged, wanted, perSecond }) {
  let arrival = live.nextFrame();
  while (wanted()) {
    const began = performance.now();
    await arrival;
    if (!wanted()) return;
    const { trouble } = live;
    if (trouble) onTrouble(trouble);
    if (!wanted()) return;
    arrival = live.nextFrame(); // a frame that comes while this one is judged need not be waited for
    const judged = await frames.judge();
    if (!wanted()) return;
    if (judged) onJudged(judged);
    const rest = 1000 / perSecond() - (performance.now() - began);
    if (rest > 4) await new Promise((resolve) => setTimeout(resolve, rest - 4));
  }
}
