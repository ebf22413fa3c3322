import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the resources of a component live. */
export interface AwsContext {
  /** The partition of ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
}

type Options = pulumi.CustomResourceOptions;

/**
 * What a function needs to make children of a component: the beginning of their names, the options they get, and where they
 * live. A component has a scope and hands it to its helper functions.
 *
 * Pulumi does not pass `retainOnDelete`, `ignoreChanges` and `customTimeouts` from a component to its children
 * (https://github.com/pulumi/pulumi/issues/8969): `mainChild` does, for the children that hold data.
 */
export class Scope {
  private context: AwsContext | undefined;

  constructor(
    /** The name of the component, or of a part of it: children are called `<name>-<role>`. */
    readonly name: string,
    private readonly parent: pulumi.ComponentResource,
    private readonly options: pulumi.ComponentResourceOptions,
    private readonly dependencies: readonly pulumi.Resource[] = [],
    private readonly whole?: Scope,
  ) {}

  /** Account, region and partition of the component's own provider, which is asked once. */
  get aws(): AwsContext {
    if (this.whole) return this.whole.aws;
    this.context ??= {
      partition: aws.getPartitionOutput({}, { parent: this.parent }).partition,
      accountId: aws.getCallerIdentityOutput({}, { parent: this.parent }).accountId,
      region: aws.getRegionOutput({}, { parent: this.parent }).region,
    };
    return this.context;
  }

  /** Options of a child that holds no data. */
  child(extra: Options = {}): Options {
    const options = { ...extra, parent: this.parent };
    if (this.dependencies.length === 0) return options;
    return pulumi.mergeOptions({ dependsOn: [...this.dependencies] }, options) as Options;
  }

  /** Options of a child that holds data, or is what the component is about: the caller's own options reach it. */
  mainChild(extra: Options = {}): Options {
    const { retainOnDelete, ignoreChanges, customTimeouts } = this.options;
    return pulumi.mergeOptions({ retainOnDelete, ignoreChanges, customTimeouts }, this.child(extra)) as Options;
  }

  /** The scope of a part: its children are called `<name>-<part>-<role>` and have the same parent. */
  part(part: string): Scope {
    return new Scope(`${this.name}-${part}`, this.parent, this.options, this.dependencies, this.whole ?? this);
  }

  /** The same scope, whose children wait for resources. */
  after(...resources: readonly pulumi.Resource[]): Scope {
    const dependencies = [...this.dependencies, ...resources];
    return new Scope(this.name, this.parent, this.options, dependencies, this.whole ?? this);
  }
}
