// The script tag's names, for an app that adds the script itself.
import "phash-scanner/image-scanner.js";

const scanner = new window.ImageScanner(document.createElement("video"), ({ id }) => id);
const id: string = await window.imageScannerStart(1, 2, 3, document.createElement("video"), document.createElement("canvas"));
window.imageScannerStop();
window.imageScannerStrat(); // error: Property 'imageScannerStrat' does not exist on type 'Window
console.log(scanner.state, id);
