import { z } from "zod";
import type { Resolved } from "../../core/settings";
import { retentionSettings } from "./lifecycle";

const corsRule = z.strictObject({
  origins: z
    .array(z.string().refine((origin) => origin !== "*", "the origins of your own pages"))
    .min(1)
    .describe("Web pages that may use the bucket, for example `https://app.example.com`."),
  methods: z
    .array(z.enum(["GET", "PUT", "POST", "DELETE", "HEAD"]))
    .min(1)
    .describe("Methods they may use."),
  headers: z.array(z.string()).default([]).describe("Headers they may send."),
  exposeHeaders: z.array(z.string()).default([]).describe("Headers of the answer that they may read."),
  maxAgeSeconds: z.int().min(0).optional().describe("Seconds for which a browser remembers the answer."),
});

export const secureBucketSettings = z.strictObject({
  retention: retentionSettings.prefault({}).describe("How long the bucket keeps its objects."),
  accessLogRetentionDays: z
    .int()
    .min(1)
    .max(3653)
    .default(365)
    .describe("Days to keep S3 access logs.")
    .meta({ safer: "higher" }),
  accessLogDestination: z
    .boolean()
    .default(false)
    .describe("Receives other buckets' access logs: it has SSE-S3 instead of the key, which log delivery cannot use."),
  inventoryDestination: z.boolean().default(false).describe("Receives inventories, its own or other buckets'."),
  eventBridge: z.boolean().default(false).describe("Sends every event of the bucket to EventBridge."),
  directEvents: z
    .boolean()
    .default(false)
    .describe("Sends events to queues, functions or topics directly too: see `onEvent`."),
  cors: z.array(corsRule).default([]).describe("Web pages of other origins that may use the bucket."),
  intelligentTiering: z
    .strictObject({
      archiveAfterDays: z
        .int()
        .min(90)
        .max(730)
        .optional()
        .describe("Days without access until an object is archived."),
      deepArchiveAfterDays: z
        .int()
        .min(180)
        .max(730)
        .optional()
        .describe("Days without access until an object is archived deeply."),
    })
    .refine((tiering) => Object.keys(tiering).length > 0, "archiveAfterDays, deepArchiveAfterDays, or both")
    .optional()
    .describe("Moves objects between access tiers by themselves."),
  objectLock: z
    .strictObject({
      mode: z.enum(["GOVERNANCE", "COMPLIANCE"]).describe("`COMPLIANCE` binds the account's root too."),
      days: z.int().min(1).max(36500).describe("Days for which an object can neither be changed nor deleted."),
    })
    .optional()
    .describe("Write once, read many."),
});

export type BucketSettings = Resolved<typeof secureBucketSettings>;
