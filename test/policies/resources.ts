import type { PolicyResource, Props } from "../../policies/rule";

/** A resource of an environment, as rules see it. */
export const resource = (type: string, name: string, props: Props = {}, environment = "prod"): PolicyResource => ({
  urn: `urn:pulumi:${environment}::shop::${type}::${name}`,
  type,
  name,
  props,
  opts: { provider: `urn:pulumi:${environment}::shop::pulumi:providers:aws::aws` },
});

/** A queue that is not encrypted: violates `sqs-1`, which may be excused. */
export const openQueue = (name = "orders"): PolicyResource => resource("aws:sqs/queue:Queue", name);

/** A bucket that is emptied on destroy: violates `s3-10`, which may not be excused. */
export const doomedBucket = (name = "raw"): PolicyResource =>
  resource("aws:s3/bucket:Bucket", name, { forceDestroy: true });
