import decodePng, { init as initDecoder } from "@jsquash/png/decode.js";
import encodePng, { init as initEncoder } from "@jsquash/png/encode.js";
import pngModule from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import resvgModule from "@resvg/resvg-wasm/index_bg.wasm";
import JSZip from "jszip";
import { degrees, PDFDocument, rgb, StandardFonts } from "pdf-lib";
import QRCode from "qrcode";
import { project } from "../../serve.js";

const ready = Promise.all([initWasm(resvgModule), initDecoder(pngModule), initEncoder(pngModule)]);
const NOON = new Date(Date.UTC(2025, 0, 1, 12));
const hex = async (bytes: BufferSource) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 16);

const cases = {
  zip: async ({ storage }) => {
    const zip = new JSZip();
    zip.file("a.txt", "hello ".repeat(100), { date: NOON }).folder("d")!.file("b.bin", new Uint8Array([1, 2, 3]), { date: NOON, binary: true });
    zip.file("later", Promise.resolve(new Blob(["from a blob"])), { date: NOON });
    const bytes = await zip.generateAsync({ type: "uint8array", compression: "DEFLATE", comment: "made in an object" });
    await storage.put("zip", bytes);
    const back = await JSZip.loadAsync(await storage.get("zip"), { checkCRC32: true });
    return [Object.keys(back.files), (await back.file("a.txt")!.async("string")).length, await back.file("d/b.bin")!.async("array"), await back.file("later")!.async("text"), (back as unknown as { comment: string }).comment];
  },
  "zip-that-is-none": () => JSZip.loadAsync(new Uint8Array([1, 2, 3])),
  pdf: async () => {
    const doc = await PDFDocument.create({ updateMetadata: false });
    const font = await doc.embedFont(StandardFonts.TimesRoman);
    const page = doc.addPage([300, 200]);
    page.drawText("Hello, object", { x: 20, y: 100, size: 24, font, color: rgb(0.2, 0.4, 0.6), rotate: degrees(5) });
    doc.getForm().createTextField("name").setText("Ada");
    doc.setTitle("A title");
    const bytes = await doc.save({ useObjectStreams: true, addDefaultPage: false });
    const copy = await PDFDocument.load(bytes, { updateMetadata: false });
    const both = await PDFDocument.create({ updateMetadata: false });
    for (const each of await both.copyPages(copy, [0, 0])) both.addPage(each);
    return [copy.getTitle(), copy.getForm().getTextField("name").getText(), font.widthOfTextAtSize("Hello", 24), both.getPageCount(), (await both.save()).length > 500];
  },
  "qr-code": async () => [
    QRCode.create("https://holdfast.example/", { errorCorrectionLevel: "H" }).modules.size,
    await hex(new TextEncoder().encode(await QRCode.toString("hello", { type: "svg", margin: 1 }))),
    (await QRCode.toString("hi", { type: "utf8" })).split("\n").length,
  ],
  "wasm-svg-to-png-and-pixels": async () => {
    await ready;
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><rect width="2" height="2" fill="red"/><rect x="2" width="2" height="2" fill="#00f8"/></svg>';
    const drawing = new Resvg(svg, { fitTo: { mode: "width", value: 8 } });
    const image = drawing.render();
    const png = image.asPng();
    const { width, height, data } = await decodePng(png.slice().buffer as ArrayBuffer);
    const again = await decodePng(await encodePng({ width, height, data, colorSpace: "srgb" } as ImageData));
    const size = [image.width, image.height];
    image.free();
    drawing.free();
    return [size, [width, height], Array.from(data.slice(0, 4)), Array.from(data.slice(-4)), Array.from(again.data).join() === Array.from(data).join()];
  },
  "wasm-error": async () => {
    await ready;
    try {
      new Resvg("<svg>");
    } catch (error) {
      return String(error);
    }
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
