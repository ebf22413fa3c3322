import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "./validate";

/** The data stages, which are also the folders under `components/`. */
export type Stage = "core" | "storage" | "catalog" | "ingestion" | "migration" | "databases" | "realtime";

/** Where a component's resources live. */
export interface AwsContext {
  /** ARN partition: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
}

/**
 * Base of every component of the platform: its type token is `dataplatform:<stage>:<Component>`, its children are named
 * `<name>-<role>` and have it as parent.
 *
 * Pulumi does not pass `retainOnDelete`, `ignoreChanges` and `customTimeouts` from a component to its children
 * (https://github.com/pulumi/pulumi/issues/8969): `mainChild` does, for the children that hold data.
 */
export abstract class PlatformComponent extends pulumi.ComponentResource {
  protected readonly check: ArgumentCheck;
  private context: AwsContext | undefined;

  constructor(
    stage: Stage,
    protected readonly name: string,
    private readonly options: pulumi.ComponentResourceOptions,
    kind: string,
  ) {
    super(`dataplatform:${stage}:${kind}`, name, {}, options);
    this.check = new ArgumentCheck(kind, name);
  }

  /** Options of a child that holds no data. */
  protected child(extra: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { ...extra, parent: this };
  }

  /** Options of a child that holds data, or is what the component is about: the user's own options reach it. */
  protected mainChild(extra: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    const { retainOnDelete, ignoreChanges, customTimeouts } = this.options;
    return pulumi.mergeOptions({ retainOnDelete, ignoreChanges, customTimeouts }, { ...extra, parent: this });
  }

  /** Account, region and partition, asked of the component's own provider once. */
  protected get aws(): AwsContext {
    this.context ??= {
      partition: aws.getPartitionOutput({}, { parent: this }).partition,
      accountId: aws.getCallerIdentityOutput({}, { parent: this }).accountId,
      region: aws.getRegionOutput({}, { parent: this }).region,
    };
    return this.context;
  }
}
