// The same jobs by sharp, on one thread: a line of JSON in, a line of JSON out.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import sharp from "sharp";

sharp.concurrency(1);
sharp.cache(false);

const sizes = [2048, 1024, 256];

async function one(body) {
  const thumb = await sharp(body)
    .rotate()
    .resize(256, 256, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80, effort: 4 })
    .toBuffer();
  return [thumb.length];
}

// Each size from the next larger one, as pixels.
async function three(body) {
  const bytes = [];
  let input = sharp(body).rotate();
  for (const size of sizes) {
    const { data, info } = await input
      .resize(size, size, { fit: "inside", withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: info.channels };
    bytes.push((await sharp(data, { raw }).webp({ quality: 80, effort: 4 }).toBuffer()).length);
    input = sharp(data, { raw });
  }
  return bytes;
}

const jobs = { one, three };

for await (const line of createInterface({ input: process.stdin })) {
  const { job, path } = JSON.parse(line);
  const body = readFileSync(path);
  const began = process.cpuUsage();
  const bytes = await jobs[job](body);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  console.log(JSON.stringify({ seconds, bytes: bytes.reduce((a, b) => a + b) }));
}
