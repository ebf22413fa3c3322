import { createHash } from "node:crypto";

/** The access log has one line of JSON for each request, without headers and queries: they may hold tokens. */
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

/** The name of a route's resources. Routes of the program never get the names of the component's own routes. */
export function routeRole(key: string): string {
  if (["subscribe", "unsubscribe"].includes(key)) return key;
  return key.startsWith("$") ? key.slice(1) : `on-${key}`;
}

/** The name of a route's model: letters and digits only, and different for `a-b` and `ab`. */
export const modelName = (key: string): string =>
  `Message${key.replace(/[^A-Za-z0-9]/g, "")}${createHash("sha256").update(key).digest("hex").slice(0, 6)}`.slice(
    0,
    128,
  );

/** API Gateway reads JSON schemas of draft 4 only, and takes a schema without a type for one of a string. */
export const schemaText = (schema: object): string =>
  JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", type: "object", ...schema });
