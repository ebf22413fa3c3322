import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { CompiledContract } from "../../../contracts/compiled";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import type { Protection } from "../../core/protection";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import { SecureBucket, secureBucketSettings, type SecureBucketArgs } from "../secure-bucket";
import type { ReadOptions, WriteOptions } from "../secure-bucket/grants";
import { datasetExpiry, zonePlan, ZONES, zoneSettings, type Zone } from "./zones";

export { ZONES, zoneSettings, type Zone };

/** What may differ from zone to zone. */
export interface ZoneArgs
  extends Settings<typeof zoneSettings>, Pick<SecureBucketArgs, "replication" | "statements" | "transform"> {}

export const dataLakeSettings = z.strictObject({
  accessLogRetentionDays: secureBucketSettings.shape.accessLogRetentionDays,
  permissionModel: z
    .enum(["iam", "lakeFormation", "hybrid"])
    .default("iam")
    .describe(
      "How access is decided. `iam`: by roles and bucket policies alone. `lakeFormation` and `hybrid` register processed and curated with Lake Formation; `hybrid` lets IAM permissions count too.",
    ),
});

export interface DataLakeArgs extends Settings<typeof dataLakeSettings> {
  readonly key: EncryptionKey;
  readonly protection?: Protection;
  /** Settings of zones. What is not given stays as the zone has it. */
  readonly zones?: Partial<Readonly<Record<Zone, ZoneArgs>>>;
  /** Zones of your own, beside the six. */
  readonly extraZones?: Readonly<Record<string, ZoneArgs>>;
  /** Datasets whose retention, where their contracts name one, becomes rules of the raw, processed and curated zones. */
  readonly contracts?: readonly CompiledContract[];
}

interface PlannedZone {
  readonly zone: string;
  readonly args: ZoneArgs;
  readonly settings: Resolved<typeof zoneSettings>;
}

/**
 * The lake: one secure bucket a zone, their access logs in a bucket of their own, and EventBridge events from the raw zone.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key, zones: { raw: { retention: { expireAfterDays: 400 } } } });
 */
export class DataLake extends PlatformComponent {
  readonly zones: Readonly<Record<Zone, SecureBucket>>;
  readonly extraZones: Readonly<Record<string, SecureBucket>>;
  readonly accessLogs: SecureBucket;
  /** Zone → the name of its bucket. */
  readonly bucketNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: DataLakeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("storage", "DataLake", name, opts);
    const plans: PlannedZone[] = [];
    const { accessLogRetentionDays, permissionModel } = this.settings(dataLakeSettings, args, (_, check) => {
      plans.push(...plannedZones(args, check));
    });
    const { key, protection } = args;
    this.accessLogs = new SecureBucket(
      `${name}-access-logs`,
      { key, protection, accessLogDestination: true, retention: { expireAfterDays: accessLogRetentionDays } },
      this.mainChild(),
    );
    // The artifacts zone comes first: it holds the inventories of the others.
    const inventoried = plans.some(({ settings }) => settings.inventory);
    const buckets = new Map<string, SecureBucket>();
    for (const { zone, args: zoneArgs, settings } of plans) {
      const { inventory, ...bucketSettings } = settings;
      const destination = inventory ? buckets.get("artifacts") : undefined;
      const { replication, statements, transform } = zoneArgs;
      const bucket = new SecureBucket(
        `${name}-${zone}`,
        {
          key,
          protection,
          ...bucketSettings,
          replication,
          statements,
          transform,
          accessLogs: { bucket: this.accessLogs, prefix: `${zone}/` },
          inventoryDestination: inventoried && zone === "artifacts",
          inventory: destination && { destination, prefix: `inventory/${zone}` },
        },
        this.mainChild(),
      );
      buckets.set(zone, bucket);
    }
    const named = (zones: readonly string[]) =>
      Object.fromEntries([...buckets].filter(([zone]) => zones.includes(zone)));
    this.zones = named(ZONES) as Record<Zone, SecureBucket>;
    this.extraZones = named(Object.keys(args.extraZones ?? {}));
    this.bucketNames = pulumi.output(Object.fromEntries([...buckets].map(([zone, one]) => [zone, one.bucketName])));
    if (permissionModel !== "iam") {
      for (const zone of ["processed", "curated"] as const) {
        new aws.lakeformation.Resource(
          `${name}-${zone}-location`,
          {
            arn: this.zones[zone].bucketArn,
            useServiceLinkedRole: true,
            hybridAccessEnabled: permissionModel === "hybrid",
          },
          this.child(),
        );
      }
    }
    this.registerOutputs({ bucketNames: this.bucketNames });
  }

  /** What a role needs to read a zone, under a prefix. */
  grantRead(zone: Zone, prefix = "", options: ReadOptions = {}): Statement[] {
    return this.zones[zone].grantRead(prefix, options);
  }

  /** What a role needs to write to a zone, under a prefix. */
  grantWrite(zone: Zone, prefix = "", options: WriteOptions = {}): Statement[] {
    return this.zones[zone].grantWrite(prefix, options);
  }

  /** What a role needs to read and write a zone, under a prefix. */
  grantReadWrite(zone: Zone, prefix = "", options: ReadOptions & WriteOptions = {}): Statement[] {
    return this.zones[zone].grantReadWrite(prefix, options);
  }
}

/** Lists every zone with its settings, the artifacts zone first, and reports what is wrong about them. */
function plannedZones(
  { zones = {}, extraZones = {}, contracts = [] }: DataLakeArgs,
  check: ArgumentCheck,
): PlannedZone[] {
  for (const zone of Object.keys(zones)) check.oneOf("zones", zone, ZONES as readonly string[]);
  for (const zone of Object.keys(extraZones)) {
    check.matches("extraZones", zone, /^[a-z][a-z0-9-]{1,20}$/, "lower-case letters, digits and hyphens, 2 to 21");
    const isTaken = (ZONES as readonly string[]).includes(zone);
    check.require(!isTaken, "extraZones", zone, `a name other than ${ZONES.join(", ")}`);
  }
  const expiry = datasetExpiry(contracts);
  const plan = (argument: string, zone: string, args: ZoneArgs): PlannedZone => {
    const { settings, problems } = zonePlan(zone, args, expiry[zone]);
    check.add(problems.map((problem) => ({ ...problem, argument: `${argument}.${zone}.${problem.argument}` })));
    return { zone, args, settings };
  };
  const plans = [
    ...(["artifacts", ...ZONES.filter((zone) => zone !== "artifacts")] as const).map((zone) =>
      plan("zones", zone, zones[zone] ?? {}),
    ),
    ...Object.entries(extraZones).map(([zone, args]) => plan("extraZones", zone, args)),
  ];
  const allowed = "the other zones' inventories, which it holds";
  check.require(!plans[0]?.settings.inventory, "zones.artifacts.inventory", true, allowed);
  return plans;
}
