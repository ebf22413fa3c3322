import * as proxy from "@pulumi/policy/proxy";

/** The engine's own stand-ins for what it does not know yet: exported, but without types. */
const engine = proxy as unknown as {
  readonly unknownStringValue: string;
  readonly unknownCheckingProxy: <T>(props: T) => T;
};

/** What the engine hands over in a preview for a value nobody knows yet. */
export const UNKNOWN = engine.unknownStringValue;

/** Properties as rules get them in a preview: reading one that is unknown throws. */
export const asInPreview = engine.unknownCheckingProxy;
