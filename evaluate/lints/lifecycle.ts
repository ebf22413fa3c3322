import type { RecordedResource } from "../recorded";
import { isObject } from "../wire";
import { bucketFinder, textsAt } from "./inputs";
import type { LintProblem } from "./lint";

/** The days after which a version that a role of the program has deleted or replaced must be gone, unless the rule says why it is kept longer. */
const MAX_NONCURRENT_DAYS = 7;
const SOURCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html";
const EXPIRY_SOURCE =
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html";

const POLICIES = /^aws:iam\/(rolePolicy|userPolicy|groupPolicy|policy):/;

/** What writes on and on to a bucket, and the paths of the place: an address `s3://<bucket>/<prefix>`, or a bucket and a prefix. */
const ENDLESS: Readonly<
  Record<string, readonly { readonly bucket: string; readonly prefix?: string; readonly what: string }[]>
> = {
  "aws:s3/bucketLogging:BucketLogging": [{ bucket: "targetBucket", prefix: "targetPrefix", what: "access logs" }],
  "aws:s3/inventory:Inventory": [
    { bucket: "destination.bucket.bucketArn", prefix: "destination.bucket.prefix", what: "inventories" },
  ],
  "aws:athena/workgroup:Workgroup": [
    { bucket: "configuration.resultConfiguration.outputLocation", what: "query results" },
  ],
  "aws:glue/job:Job": [
    { bucket: "defaultArguments.--spark-event-logs-path", what: "Spark's event logs" },
    { bucket: "defaultArguments.--TempDir", what: "temporary files" },
  ],
  "aws:ec2/flowLog:FlowLog": [{ bucket: "logDestination", what: "flow logs" }],
};

interface Rule {
  readonly prefix: string;
  readonly id: string;
  readonly expiration?: { readonly days?: number; readonly expiredObjectDeleteMarker?: boolean };
  readonly noncurrentVersionExpiration?: {
    readonly noncurrentDays?: number;
    readonly newerNoncurrentVersions?: number;
  };
}

interface Place {
  readonly bucket: RecordedResource;
  readonly prefix: string;
}

/**
 * Finds what a versioned bucket keeps although nothing needs it: versions that roles of the program delete or replace, the markers of
 * deleted objects, and logs and results that services write for ever.
 */
export function lifecycle(resources: readonly RecordedResource[]): LintProblem[] {
  const bucketOf = bucketFinder(resources);
  const rules = new Map<RecordedResource, Rule[]>();
  const versioned = new Set<RecordedResource>();
  for (const { type, inputs } of resources) {
    const bucket = bucketOf(String(inputs.bucket));
    if (!bucket) continue;
    if (type.startsWith("aws:s3/bucketLifecycleConfiguration")) rules.set(bucket, rulesOf(inputs.rules));
    if (type.startsWith("aws:s3/bucketVersioning") && inputs.versioningConfiguration?.status === "Enabled")
      versioned.add(bucket);
  }
  const covering = ({ bucket, prefix }: Place): Rule[] =>
    (rules.get(bucket) ?? []).filter((rule) => prefix.startsWith(rule.prefix));
  return [
    ...deletedPlaces(resources, bucketOf)
      .filter(({ bucket }) => versioned.has(bucket))
      .flatMap((place) => noncurrentProblems(place, covering(place))),
    ...endlessPlaces(resources, bucketOf).flatMap(({ what, writer, ...place }) =>
      covering(place).some(({ expiration }) => expiration?.days !== undefined)
        ? []
        : [
            {
              lint: "lifecycle",
              resource: place.bucket,
              message: `no lifecycle rule expires "${place.prefix}", to which ${writer.name} writes ${what} for ever`,
              remedy: `Add an expiration for the prefix "${place.prefix}".`,
              source: EXPIRY_SOURCE,
            },
          ],
    ),
  ];
}

function noncurrentProblems(
  { bucket, prefix, role }: Place & { readonly role: string },
  rules: readonly Rule[],
): LintProblem[] {
  const place = prefix === "" ? "all objects" : `"${prefix}"`;
  const problem = (message: string, remedy: string): LintProblem => ({
    lint: "lifecycle",
    resource: bucket,
    message,
    remedy,
    source: SOURCE,
  });
  // Rules that keep a number of versions keep those of deleted objects for ever. Of several rules the shortest holds:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
  const kept = Math.min(
    ...rules
      .map(({ noncurrentVersionExpiration: versions }) => versions)
      .filter((versions) => versions?.noncurrentDays !== undefined && versions.newerNoncurrentVersions === undefined)
      .map((versions) => versions?.noncurrentDays ?? Infinity),
  );
  const hasReason = rules.some(
    ({ id, noncurrentVersionExpiration }) => noncurrentVersionExpiration && /: \S+ \S+/.test(id),
  );
  return [
    ...(kept <= MAX_NONCURRENT_DAYS || (kept < Infinity && hasReason)
      ? []
      : [
          problem(
            `${role} deletes or replaces ${place}, whose old versions are kept ${kept === Infinity ? "for ever" : `${kept} days`}; allowed: at most ${MAX_NONCURRENT_DAYS} days, or a reason`,
            `Add a rule for the prefix "${prefix}" whose noncurrentVersionExpiration has at most ${MAX_NONCURRENT_DAYS} days, or give the reason in the rule's id: "<name>: <reason>".`,
          ),
        ]),
    ...(rules.some(({ expiration }) => expiration?.days !== undefined || expiration?.expiredObjectDeleteMarker)
      ? []
      : [
          problem(
            `${role} deletes ${place}, and no rule removes the markers that are left when the old versions are gone`,
            "Add a rule whose expiration has expiredObjectDeleteMarker.",
          ),
        ]),
  ];
}

/** Returns the enabled rules that depend on the prefix only: objects without the tags or of another size would stay. */
function rulesOf(rules: unknown): Rule[] {
  if (!Array.isArray(rules)) return [];
  return (rules as unknown[]).filter(isObject).flatMap((rule) => {
    const filter = isObject(rule.filter) ? rule.filter : {};
    const others = Object.keys(filter).filter((key) => key !== "prefix" && filter[key] !== undefined);
    if (rule.status !== "Enabled" || others.length > 0) return [];
    return [{ ...rule, id: String(rule.id ?? ""), prefix: String(filter.prefix ?? rule.prefix ?? "") }];
  });
}

/** Returns the places whose objects a policy of the program lets a role delete, each once. */
function deletedPlaces(
  resources: readonly RecordedResource[],
  bucketOf: ReturnType<typeof bucketFinder>,
): (Place & { readonly role: string })[] {
  const places = new Map<string, Place & { readonly role: string }>();
  for (const { type, name, inputs } of resources) {
    if (!POLICIES.test(type)) continue;
    for (const arn of deletable(String(inputs.policy))) {
      const bucket = bucketOf(arn);
      const [, path = ""] = /^[^/]*\/(.*)$/.exec(arn) ?? [];
      const [prefix = ""] = path.split(/[*?]/);
      if (bucket && !places.has(`${bucket.urn} ${prefix}`))
        places.set(`${bucket.urn} ${prefix}`, { bucket, prefix, role: name });
    }
  }
  return [...places.values()];
}

/** Returns the ARNs of objects that a policy document lets its role delete. */
function deletable(document: string): string[] {
  if (!/s3:/i.test(document)) return [];
  const { Statement } = JSON.parse(document) as { Statement?: unknown };
  return listOf(Statement)
    .filter(isObject)
    .filter(
      ({ Effect, Action }) =>
        Effect === "Allow" && listOf(Action).some((action) => covers(String(action), "s3:DeleteObject")),
    )
    .flatMap(({ Resource }) => listOf(Resource).map(String));
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];

/** Returns whether an action of a policy, with `*` and `?`, covers an action. */
const covers = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
    "i",
  ).test(action);

function endlessPlaces(
  resources: readonly RecordedResource[],
  bucketOf: ReturnType<typeof bucketFinder>,
): (Place & { readonly what: string; readonly writer: RecordedResource })[] {
  return resources.flatMap((writer) =>
    (ENDLESS[writer.type] ?? []).flatMap(({ bucket: path, prefix: prefixPath, what }) =>
      textsAt(writer.inputs, path).flatMap((text) => {
        const bucket = bucketOf(text);
        if (!bucket) return [];
        const [given] = prefixPath === undefined ? [] : textsAt(writer.inputs, prefixPath);
        const prefix = given ?? text.replace(/^s3:\/\/[^/]*\/?|^arn:[\w-]+:s3:::[^/]*\/?|^[^/:]*$/, "");
        return [{ bucket, prefix, what, writer }];
      }),
    ),
  );
}
