import { crc32 } from "node:zlib";
import { type Entry, fromBuffer } from "yauzl";

/** The files of a ZIP, read by another library than writes it, each checked against its checksum. */
export async function readZip(bytes: Buffer): Promise<Map<string, Buffer>> {
  return await new Promise((resolve, reject) => {
    const options = { lazyEntries: true, validateEntrySizes: true, strictFileNames: true };
    fromBuffer(bytes, options, (fault, zip) => {
      if (fault !== null) {
        reject(fault);
        return;
      }
      const files = new Map<string, Buffer>();
      zip.on("error", reject);
      zip.on("end", () => {
        resolve(files);
      });
      zip.on("entry", (entry: Entry) => {
        zip.openReadStream(entry, (noStream, stream) => {
          if (noStream !== null) {
            reject(noStream);
            return;
          }
          const chunks: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => chunks.push(chunk));
          stream.on("error", reject);
          stream.on("end", () => {
            const content = Buffer.concat(chunks);
            if (crc32(content) !== entry.crc32) reject(new Error(`checksum: ${entry.fileName}`));
            files.set(entry.fileName, content);
            zip.readEntry();
          });
        });
      });
      zip.readEntry();
    });
  });
}
