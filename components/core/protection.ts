import { z } from "zod";
import type { Settings } from "./settings";

/** How an environment protects its data. Deleting data takes two keys: posture `disposable` and `allowDataLoss`. */
export const protectionSettings = z.strictObject({
  posture: z
    .enum(["disposable", "guarded", "locked"])
    .describe(
      "How hard data is to lose. `locked`: deletion protection and protect everywhere; `guarded`: deletion protection; `disposable`: data may be deleted, if allowDataLoss says so too.",
    )
    .meta({ safer: ["disposable", "guarded", "locked"] })
    .default("guarded"),
  allowDataLoss: z
    .boolean()
    .default(false)
    .describe("The second key to delete data. It is allowed with posture disposable only.")
    .meta({ safer: [true, false] }),
});

export type Protection = Settings<typeof protectionSettings>;

/** What a protection means for the resources that hold data. */
export interface DataProtection {
  /** Buckets are emptied and workgroups are deleted with their content. */
  readonly forceDestroy: boolean;
  /** The service's own deletion protection is on. */
  readonly deletionProtection: boolean;
  readonly skipFinalSnapshot: boolean;
  /** Pulumi's `protect` is set on stateful resources. */
  readonly protect: boolean;
  /** A key outlives its stack, because snapshots and backups that are encrypted with it do. */
  readonly retainKeys: boolean;
}

/** Decides, in this one place, about everything that can lose data. */
export function dataProtection(protection: Protection = {}): DataProtection {
  const { posture, allowDataLoss } = protectionSettings.parse(protection);
  const mayLoseData = posture === "disposable" && allowDataLoss;
  return {
    forceDestroy: mayLoseData,
    deletionProtection: !mayLoseData,
    skipFinalSnapshot: mayLoseData,
    protect: posture === "locked",
    retainKeys: !mayLoseData,
  };
}
