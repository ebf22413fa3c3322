import { GraphqlApi, WebSocketApi, type IngestionPipeline } from "../components";
import type { Databases } from "./databases";
import type { Foundation } from "./foundation";
import { tablesApi } from "./tables-api";

/** The APIs of an environment through which clients receive changes immediately. */
export interface Realtime {
  readonly live: WebSocketApi | undefined;
  readonly api: GraphqlApi | undefined;
}

/** Builds the WebSocket API, which broadcasts changes of datasets, and the GraphQL API over the document tables. */
export function buildRealtime(base: Foundation, pipeline: IngestionPipeline, { documents }: Databases): Realtime {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { config } = base.environment;
  const live =
    config.liveUpdates &&
    new WebSocketApi(
      "live",
      {
        key,
        protection,
        architecture: config.ingestion.architecture,
        logRetentionDays,
        alerts,
        throttling: { messagesPerSecond: config.liveUpdates.messagesPerSecond },
        accountLogging: config.accountWide.apiGatewayLogging ? "create" : "existing",
      },
      options,
    );
  live?.broadcastFrom("datasets", {
    kind: "events",
    channel: "datasets",
    busName: pipeline.eventBusName,
    pattern: { source: ["dataplatform.ingestion"], "detail-type": ["Dataset updated"] },
  });
  const users = config.graphql?.cognitoUserPoolId;
  const api =
    config.graphql &&
    new GraphqlApi(
      "tables-api",
      {
        key,
        alerts,
        logRetentionDays,
        ...tablesApi(documents),
        auth: [{ mode: "iam" }, ...(users ? [{ mode: "cognito", userPoolId: users } as const] : [])],
        firewall: { requestsPerFiveMinutes: config.graphql.requestsPerFiveMinutes },
      },
      options,
    );
  return { live, api };
}
