import { closeSync, openSync, readFileSync, readSync, rmSync, statfsSync, statSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { contracts } from "../cli/ingest";
import { bytes, number } from "../cli/ui/table";
import type { CompiledContract } from "../contracts/compiled";
import type { Batch, Manifest } from "../contracts/flow";
import { HEADER_WINDOW, readHeader } from "../contracts/header";
import { DUCKDB } from "../contracts/sql";
import { engineLimits } from "../functions/light-etl/limits";
import { sourceId } from "../functions/shared/files";
import { REPOSITORY } from "../local/paths";
import type { Bench, Figure } from "./benchmark";
import type { LightRun } from "./children/light-engine";
import { digits, run, summary, timed } from "./measure";
import { installDuckdb } from "./support/installed";
import { FolderStore } from "./support/folder-store";

const { identifier, text } = DUCKDB;
const MEBIBYTE = 1024 ** 2;
const BEYOND_LIMIT = 512 * MEBIBYTE;
const LEAST_THROUGHPUT = 0.7;
/** The memory of the function in MiB: the default, and a size at which DuckDB has to spill to disk. */
const MEMORY = [3008, 1024];

const SOURCE = { bucket: "raw", key: "flights/bench.csv" };
const BUCKETS = {
  raw: "raw",
  processed: "processed",
  curated: "curated",
  quarantine: "quarantine",
  artifacts: "artifacts",
};

/** Compares the light engine on 1 GiB of CSV to DuckDB's own command line with the same SQL and limits. */
export async function lightEngine(bench: Bench): Promise<readonly Figure[]> {
  const { say, scratch, small } = bench;
  const duckdb = await installDuckdb(say);
  const csv = await bench.manyFlights();
  const size = statSync(csv).size;
  const contract = contracts().find(({ dataset }) => dataset === "flights");
  if (!contract) throw new Error("there is no dataset flights");
  const figures: Figure[] = [];
  for (const memory of small ? MEMORY.slice(0, 1) : MEMORY) {
    const own: LightRun[] = [];
    const peers: number[] = [];
    let rows = 0;
    const rounds = small ? 1 : 3;
    // They run alternately, so that a disturbance of the machine affects both.
    for (let round = 1; round <= rounds; round++) {
      const at = `${memory} MiB, round ${round} of ${rounds}`;
      say(`light engine, ${at}`);
      const ours = await onLightEngine(join(scratch, "light"), csv, contract, memory);
      own.push(ours);
      say(`DuckDB's command line, ${at}`);
      const peer = await onCommandLine(join(scratch, "peer"), duckdb, csv, contract, memory);
      peers.push(peer.seconds);
      if (peer.rows !== ours.rows) throw new Error(`DuckDB wrote ${peer.rows} rows, the light engine ${ours.rows}`);
      rows = ours.rows;
    }
    const [ourTime, peerTime] = [summary(own.map(({ seconds }) => seconds)), summary(peers)];
    const throughput = (seconds: number): string => `${digits(size / MEBIBYTE / seconds)} MiB/s (${digits(seconds)} s)`;
    const ratio = peerTime.median / ourTime.median;
    const limit = limitsFor(memory, scratch).memory;
    const beyond = Math.max(...own.map(({ peak }) => peak)) - limit;
    figures.push(
      {
        what: `${bytes(size)} of CSV, ${number(rows)} rows, light engine with ${number(memory)} MiB: throughput`,
        figure: throughput(ourTime.median),
        peer: `DuckDB's command line, same SQL and limits: ${throughput(peerTime.median)}`,
        ratio: digits(ratio),
        budget: `≥ ${LEAST_THROUGHPUT} × the peer`,
        within: ratio >= LEAST_THROUGHPUT,
      },
      {
        what: `its peak memory beyond DuckDB's own limit of ${bytes(limit)}`,
        figure: beyond > 0 ? bytes(beyond) : `none (${bytes(-beyond)} below)`,
        budget: `≤ ${bytes(BEYOND_LIMIT)}`,
        within: beyond <= BEYOND_LIMIT,
      },
    );
  }
  return figures;
}

const limitsFor = (memoryMegabytes: number, folder: string) => {
  const disk = statfsSync(folder);
  return engineLimits({
    memoryMegabytes,
    freeDisk: disk.bavail * disk.bsize,
    processors: availableParallelism(),
    aggregates: 1024 ** 3,
  });
};

function headerOf(csv: string, contract: CompiledContract) {
  const file = openSync(csv, "r");
  const window = Buffer.alloc(HEADER_WINDOW);
  readSync(file, window);
  closeSync(file);
  const header = readHeader(window, contract.source, { complete: false });
  if (!header.ok) throw new Error(header.message);
  return header;
}

/** Measures one run in an empty lake. */
async function onLightEngine(
  folder: string,
  csv: string,
  contract: CompiledContract,
  memory: number,
): Promise<LightRun & { readonly rows: number }> {
  const { columns, dialect } = headerOf(csv, contract);
  const size = statSync(csv).size;
  const batch: Batch = {
    runId: "bench",
    dataset: contract.dataset,
    database: "lake",
    contractKey: contract.contractKey,
    engine: "light",
    scheduled: false,
    files: [
      {
        ...SOURCE,
        sourceId: sourceId(SOURCE),
        version: "1",
        etag: "1",
        size,
        sequencer: "1",
        eventTime: "2026-01-01T00:00:00.000Z",
        columns,
        dialect,
      },
    ],
    bytes: size,
    buckets: BUCKETS,
    manifestKey: "runs/flights/bench/manifest.json",
  };
  const key = "runs/flights/bench/batch.json";
  const store = new FolderStore(folder);
  await store.writeText("artifacts", key, JSON.stringify(batch));
  await store.writeText("artifacts", contract.contractKey, JSON.stringify(contract));
  await mkdir(join(folder, "raw", "flights"), { recursive: true });
  await symlink(csv, join(folder, SOURCE.bucket, SOURCE.key));
  const child = ["-r", "ts-node/register", join(__dirname, "children", "light-engine.ts"), folder, key, String(memory)];
  try {
    const answer = JSON.parse(await run(process.execPath, child, { cwd: REPOSITORY })) as LightRun;
    const manifest = JSON.parse(readFileSync(join(folder, "artifacts", batch.manifestKey), "utf8")) as Manifest;
    return { ...answer, rows: manifest.totals.rowsOut };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the same plan in SQL written by hand: it reads CSV, casts rows, and writes Parquet by partition, rejected rows and aggregates. */
async function onCommandLine(
  folder: string,
  duckdb: string,
  csv: string,
  contract: CompiledContract,
  memory: number,
): Promise<{ readonly seconds: number; readonly rows: number }> {
  await mkdir(folder, { recursive: true });
  const { columns, dialect } = headerOf(csv, contract);
  const limits = limitsFor(memory, folder);
  const { plan } = contract;
  const keys = plan.partitioning.keys.map(({ name }) => identifier(name)).join(", ");
  const processed = join(folder, "processed");
  const parquet = `read_parquet(${text(join(processed, "**", "*.parquet"))}, hive_partitioning=true)`;
  const named = columns.map((name) => `${text(name)}: 'VARCHAR'`).join(", ");
  const script = [
    `SET memory_limit = '${limits.memory}B'`,
    `SET threads = ${limits.threads}`,
    `SET temp_directory = ${text(join(folder, "spill"))}`,
    "SET preserve_insertion_order = false",
    "SET TimeZone = 'UTC'",
    [
      `CREATE VIEW raw AS SELECT ${plan.columns.map(({ name, source }) => `${identifier(source)} AS ${identifier(name)}`).join(", ")},`,
      "'bench' AS __source, CAST(NULL AS VARCHAR) AS __error, CAST(NULL AS VARCHAR) AS __line",
      `FROM read_csv(${text(csv)}, columns={${named}}, auto_detect=false, header=true, delim=${text(dialect.delimiter)}, quote=${text(dialect.quote)}, escape=${text(dialect.quote)})`,
    ].join(" "),
    `CREATE TEMP TABLE rows AS ${plan.duckdb.rows}`,
    `COPY (SELECT ${plan.output.map(identifier).join(", ")}, ${keys} FROM rows WHERE __reason IS NULL) TO ${text(processed)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (${keys}))`,
    `COPY (SELECT __reason, __record FROM rows WHERE __reason IS NOT NULL) TO ${text(join(folder, "rejects.parquet"))} (FORMAT parquet, COMPRESSION zstd)`,
    "DROP TABLE rows",
    `CREATE VIEW processed AS SELECT * FROM ${parquet}`,
    ...plan.duckdb.aggregates.map(
      ({ name, sql }) => `COPY (${sql}) TO ${text(join(folder, `${name}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`,
    ),
  ];
  const file = join(folder, "plan.sql");
  await writeFile(file, `${script.join(";\n")};\n`);
  try {
    const { seconds } = await timed(() => run(duckdb, ["-bail", "-batch", "-f", file]));
    const count = await run(duckdb, ["-noheader", "-list", "-c", `SELECT count(*) FROM ${parquet}`]);
    return { seconds, rows: Number(count.trim()) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
