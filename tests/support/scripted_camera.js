// Replaces the page's cameras by cameras that a test scripts: their number, the answer to a request, their picture.
(() => {
  const camera = {
    // Answers to the next requests, in turn; the last one stays: "ok", "late" (after a second), "never", or the name of
    // a DOMException.
    answers: ["ok"],
    devices: [{ deviceId: "rear", label: "camera2 0, facing back", facingMode: "environment" }],
    capabilities: {},
    permission: "prompt",
    named: true, // false: cameras have no names and ids before one was opened, as on iPhones
    size: [640, 480],
    requests: [],
    streams: [],
    constraints: [],
    picture: null,
    /** How many tracks are live: the camera light. */
    lit: () =>
      camera.streams.filter((stream) => stream.getTracks().some((track) => track.readyState === "live")).length,
    /** Ends the newest stream the way an unplugged camera does. */
    unplug() {
      for (const track of camera.streams.at(-1).getTracks()) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },
    /** Shows the picture at an address, filling `share` of the frame's height. */
    async show(address, share = 0.9) {
      const image = new Image();
      image.src = address;
      await image.decode();
      camera.picture = { image, share };
    },
    /** Sends no further frame of the cameras that are open, whose tracks stay live. */
    freeze() {
      for (const { canvas } of camera.canvases) canvas.frozen = true;
    },
    turn() {
      camera.size = [camera.size[1], camera.size[0]];
      for (const { canvas } of camera.canvases) [canvas.width, canvas.height] = camera.size;
    },
    canvases: [],
  };
  window.scriptedCamera = camera;

  function draw(canvas) {
    if (canvas.frozen) return;
    const context = canvas.getContext("2d");
    const { width, height } = canvas;
    const shade = context.createLinearGradient(0, 0, width, height);
    shade.addColorStop(0, "#b9a88f");
    shade.addColorStop(1, "#7d6c58");
    context.fillStyle = shade;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `rgb(0 0 0 / ${((performance.now() / 50) % 2) | 0 ? 0.01 : 0.02})`; // a still canvas sends no frames
    context.fillRect(0, 0, 2, 2);
    if (!camera.picture) return;
    const { image, share } = camera.picture;
    const scale = Math.min((share * height) / image.naturalHeight, (share * width) / image.naturalWidth);
    const [across, down] = [image.naturalWidth * scale, image.naturalHeight * scale];
    context.drawImage(
      image,
      (width - across) / 2 + (camera.aside ?? 0) * width,
      (height - down) / 2 + (camera.rise ?? 0) * height,
      across,
      down,
    );
  }

  const devices = navigator.mediaDevices ?? {};
  if (!navigator.mediaDevices) Object.defineProperty(navigator, "mediaDevices", { value: devices });
  camera.mediaDevices = devices; // WebKit forgets what was put on an object that no script holds
  devices.enumerateDevices = async () =>
    camera.devices.map(({ deviceId, label }) => ({
      kind: "videoinput",
      groupId: "",
      deviceId: camera.named ? deviceId : "",
      label: camera.named ? label : "",
    }));
  const ask = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (wish) => (wish.name === "camera" ? { state: camera.permission } : ask(wish));
  devices.getUserMedia = async (constraints) => {
    camera.requests.push(structuredClone(constraints));
    const answer = camera.answers.length > 1 ? camera.answers.shift() : camera.answers[0];
    if (answer === "never") return new Promise(() => {});
    if (answer === "late") await new Promise((resolve) => setTimeout(resolve, 1000));
    else if (answer !== "ok") throw new DOMException("scripted", answer);
    const wanted = constraints.video?.deviceId?.exact;
    const device = camera.devices.find(({ deviceId }) => deviceId === wanted) ?? camera.devices[0];
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = camera.size;
    camera.canvases.push({ canvas });
    draw(canvas);
    const stream = canvas.captureStream(30);
    const timer = setInterval(() => draw(canvas), 33);
    for (const track of stream.getVideoTracks()) {
      const stop = track.stop.bind(track);
      track.stop = () => {
        clearInterval(timer);
        stop();
        // A stopped camera keeps no picture: an hour of soaking opens hundreds of cameras.
        camera.canvases = camera.canvases.filter((one) => one.canvas !== canvas);
        canvas.width = canvas.height = 0;
      };
      Object.defineProperty(track, "label", { value: device.label });
      track.getSettings = () => ({
        deviceId: device.deviceId,
        facingMode: device.facingMode,
        width: canvas.width,
        height: canvas.height,
        zoom: camera.constraints.map((wish) => wish.advanced?.[0]?.zoom).findLast(Boolean),
      });
      track.getCapabilities = () => device.capabilities ?? camera.capabilities;
      track.applyConstraints = async (wish) => void camera.constraints.push(wish);
    }
    camera.streams.push(stream);
    camera.named = true;
    return stream;
  };
})();
