import { OTHER } from "../../levels";
import { get } from "../../predicates";
import { compliant, type Props, rule, violation } from "../../rule";
import { TAGGABLE } from "./types";

/** The tags may be set on the resource, or as default tags of the provider that makes it. */
export default rule({
  id: "cross-1",
  title: "Resources carry the required tags",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set the tags of the resource, or defaultTags of its provider.",
  types: TAGGABLE,
  check({ props, opts }, stack) {
    const provider = opts?.provider === undefined ? undefined : stack.byUrn(opts.provider);
    const defaults = readJson(get(provider?.props, "defaultTags"));
    const tags = {
      ...((get(defaults, "tags") ?? {}) as Props),
      ...((props.tagsAll ?? {}) as Props),
      ...((props.tags ?? {}) as Props),
    };
    const missing = stack.settings.requiredTags.filter((tag) => !tags[tag]);
    return missing.length === 0 ? compliant : violation(`required tags are missing: ${missing.join(", ")}`);
  },
});

/** The engine passes structured settings of a provider as JSON. A text that cannot be read sets no tags. */
function readJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
