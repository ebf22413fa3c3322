import * as lambda from "@aws-sdk/client-lambda";
import { retag } from "../../shape";

/** Whatever Lambda tags, it tags by ARN. */
export async function retagLambda(
  client: lambda.LambdaClient,
  olds: { readonly tags?: unknown; readonly arn?: unknown },
  news: { readonly tags?: unknown },
): Promise<void> {
  const Resource = String(olds.arn);
  await retag(
    olds,
    news,
    (TagKeys) => client.send(new lambda.UntagResourceCommand({ Resource, TagKeys })),
    (Tags) => client.send(new lambda.TagResourceCommand({ Resource, Tags })),
  );
}
