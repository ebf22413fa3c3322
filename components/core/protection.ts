/** How hard an environment's data is to lose. Deleting data takes two keys: posture `disposable` and `allowDataLoss`. */
export interface Protection {
  readonly posture: "disposable" | "guarded" | "locked";
  readonly allowDataLoss: boolean;
}

/** What a component gets when its user says nothing: deletion protection on, nothing is emptied. */
export const DEFAULT_PROTECTION: Protection = { posture: "guarded", allowDataLoss: false };

export interface ProtectionSettings {
  /** Buckets are emptied, workgroups deleted with their content. */
  readonly forceDestroy: boolean;
  /** The service's own deletion protection. */
  readonly deletionProtection: boolean;
  readonly skipFinalSnapshot: boolean;
  /** Pulumi's `protect` on stateful resources. */
  readonly protect: boolean;
}

/** The one place where the settings that can lose data are decided. */
export function protectionSettings(protection: Protection = DEFAULT_PROTECTION): ProtectionSettings {
  const mayLoseData = protection.posture === "disposable" && protection.allowDataLoss;
  return {
    forceDestroy: mayLoseData,
    deletionProtection: !mayLoseData,
    skipFinalSnapshot: mayLoseData,
    protect: protection.posture === "locked",
  };
}
