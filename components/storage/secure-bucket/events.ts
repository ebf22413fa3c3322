import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../../core/scope";

/** A receiver that a bucket sends its events to directly. */
export interface EventTarget {
  readonly id: string;
  readonly kind: "queue" | "function" | "topic";
  readonly arn: pulumi.Input<string>;
  /** Kinds of events, for example `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

/**
 * The one notification configuration of a bucket. The resource is registered at once, so previews show it; its content is
 * settled at the end of the turn in which the bucket was made, so that other components can still add to it.
 */
export class BucketEvents {
  readonly resources: pulumi.Resource[] = [];
  private readonly targets: EventTarget[] = [];
  private sealed = false;

  constructor(
    scope: Scope,
    bucket: pulumi.Output<string>,
    eventBridge: boolean,
    private readonly direct: boolean,
  ) {
    if (!eventBridge && !direct) return;
    const settled = new Promise<readonly EventTarget[]>((resolve) =>
      setImmediate(() => {
        this.sealed = true;
        resolve(this.targets);
      }),
    );
    const targetsOf = (kind: EventTarget["kind"]) =>
      pulumi.output(
        settled.then((targets) =>
          targets
            .filter((target) => target.kind === kind)
            .map(({ id, arn, events, prefix, suffix }) => ({
              arn,
              rest: { id, events: [...events], filterPrefix: prefix, filterSuffix: suffix },
            })),
        ),
      );
    this.resources.push(
      new aws.s3.BucketNotification(
        `${scope.name}-events`,
        {
          bucket,
          eventbridge: eventBridge,
          ...(direct
            ? {
                queues: targetsOf("queue").apply((all) => all.map(({ arn, rest }) => ({ queueArn: arn, ...rest }))),
                lambdaFunctions: targetsOf("function").apply((all) =>
                  all.map(({ arn, rest }) => ({ lambdaFunctionArn: arn, ...rest })),
                ),
                topics: targetsOf("topic").apply((all) => all.map(({ arn, rest }) => ({ topicArn: arn, ...rest }))),
              }
            : {}),
        },
        scope.child(),
      ),
    );
  }

  /** Adds a target, or says which targets are allowed. */
  add(target: EventTarget): string | undefined {
    if (!this.direct) return "targets of a bucket made with directEvents: true";
    if (this.sealed) return "targets added in the same turn of the program that made the bucket";
    if (this.targets.some((other) => other.id === target.id)) return "ids used once";
    this.targets.push(target);
    return undefined;
  }
}
