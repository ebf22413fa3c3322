import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchFlights } from "../../datasets/samples/fetch";
import { samples } from "./installed";

/** Returns a file of flights: all, or the first `rows` of them. */
export async function flightsFile(folder: string, rows?: number): Promise<string> {
  const whole = await fetchFlights(samples);
  if (rows === undefined) return whole;
  const lines = (await readFile(whole, "utf8")).split("\n");
  const path = join(folder, "flights.csv");
  await writeFile(path, `${lines.slice(0, rows + 1).join("\n")}\n`);
  return path;
}

/** Returns a file of the given size that repeats the flights under one header. */
export async function manyFlightsFile(folder: string, bytes: number): Promise<string> {
  const text = await readFile(await fetchFlights(samples));
  const start = text.indexOf("\n") + 1;
  const body = text.at(-1) === 0x0a ? text.subarray(start) : Buffer.concat([text.subarray(start), Buffer.from("\n")]);
  const path = join(folder, "many-flights.csv");
  const file = await open(path, "w");
  try {
    await file.write(text.subarray(0, start));
    for (let written = start; written < bytes; written += body.length) await file.write(body);
  } finally {
    await file.close();
  }
  return path;
}
