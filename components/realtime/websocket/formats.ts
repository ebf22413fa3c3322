import { createHash } from "node:crypto";

/** One line of JSON a request, without what clients say: tokens may stand in queries. */
export const ACCESS_LOG = JSON.stringify({
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  eventType: "$context.eventType",
  routeKey: "$context.routeKey",
  connectionId: "$context.connectionId",
  sourceIp: "$context.identity.sourceIp",
  userAgent: "$context.identity.userAgent",
  principal: "$context.authorizer.principalId",
  caller: "$context.identity.userArn",
  status: "$context.status",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
  integrationLatency: "$context.integrationLatency",
  messageId: "$context.messageId",
});

/** What the resources of a route are called: routes of clients never collide with the component's own. */
export function routeRole(key: string): string {
  if (["subscribe", "unsubscribe"].includes(key)) return key;
  return key.startsWith("$") ? key.slice(1) : `on-${key}`;
}

/** Letters and digits only, and not the same for `a-b` and `ab`. */
export const modelName = (key: string): string =>
  `Message${key.replace(/[^A-Za-z0-9]/g, "")}${createHash("sha256").update(key).digest("hex").slice(0, 6)}`.slice(
    0,
    128,
  );

/** API Gateway takes draft 4 only, and takes a schema that says nothing for a string. */
export const schemaText = (schema: object): string =>
  JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", type: "object", ...schema });
