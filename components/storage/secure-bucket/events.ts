import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Somebody a bucket tells of its events directly. */
export interface EventTarget {
  readonly id: string;
  readonly kind: "queue" | "function" | "topic";
  readonly arn: pulumi.Input<string>;
  /** For example `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

/**
 * The one notification configuration of a bucket. The resource is registered at once, so previews show it; what it holds is
 * settled at the end of the turn in which the bucket was made, so that others can still add to it.
 */
export class BucketEvents {
  readonly resources: pulumi.Resource[] = [];
  private readonly targets: EventTarget[] = [];
  private sealed = false;

  constructor(
    name: string,
    bucket: pulumi.Output<string>,
    eventBridge: boolean,
    private readonly direct: boolean,
    options: pulumi.CustomResourceOptions,
  ) {
    if (!eventBridge && !direct) return;
    const settled = new Promise<EventTarget[]>((resolve) =>
      setImmediate(() => {
        this.sealed = true;
        resolve(this.targets);
      }),
    );
    const of = (kind: EventTarget["kind"]): pulumi.Output<{ arn: string; rest: Record<string, unknown> }[]> =>
      pulumi.output(
        settled.then((targets) =>
          targets
            .filter((target) => target.kind === kind)
            .map(({ id, arn, events, prefix, suffix }) => ({
              arn,
              rest: { id, events: [...events], filterPrefix: prefix, filterSuffix: suffix },
            })),
        ),
      ) as pulumi.Output<{ arn: string; rest: Record<string, unknown> }[]>;
    this.resources.push(
      new aws.s3.BucketNotification(
        `${name}-events`,
        {
          bucket,
          eventbridge: eventBridge,
          ...(direct
            ? {
                queues: of("queue").apply((all) => all.map(({ arn, rest }) => ({ queueArn: arn, ...rest }))) as never,
                lambdaFunctions: of("function").apply((all) =>
                  all.map(({ arn, rest }) => ({ lambdaFunctionArn: arn, ...rest })),
                ) as never,
                topics: of("topic").apply((all) => all.map(({ arn, rest }) => ({ topicArn: arn, ...rest }))) as never,
              }
            : {}),
        },
        options,
      ),
    );
  }

  /** Adds a target, or says why it cannot be. */
  add(target: EventTarget): string | undefined {
    if (!this.direct) return "targets of a bucket made with directEvents: true";
    if (this.sealed) return "targets added in the same turn of the program that made the bucket";
    if (this.targets.some((other) => other.id === target.id)) return "ids used once";
    this.targets.push(target);
    return undefined;
  }
}
