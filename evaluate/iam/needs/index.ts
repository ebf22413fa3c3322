import type { ProgramPolicies } from "../program";
import { firehoseNeeds, dataSyncLocationNeeds, dataSyncTaskNeeds, replicationNeeds } from "./delivery";
import {
  flowLogNeeds,
  migrationEndpointNeeds,
  monitoringNeeds,
  proxyNeeds,
  replicationInstanceNeeds,
} from "./databases";
import { functionNeeds } from "./functions";
import { crawlerNeeds, glueJobNeeds } from "./glue";
import { keyNeeds } from "./keys";
import {
  accessLogNeeds,
  alarmNeeds,
  databaseEventNeeds,
  eventBusNeeds,
  eventSourceNeeds,
  eventTargetNeeds,
  logGroupNeeds,
  migrationEventNeeds,
  notificationNeeds,
  scheduleNeeds,
  subscriptionNeeds,
} from "./messaging";
import type { Need, NeedsOf } from "./need";
import { readerNeeds } from "./readers";
import { apiAccountNeeds, dataSourceNeeds, graphqlApiNeeds, integrationNeeds } from "./realtime";
import { stateMachineNeeds } from "./step-functions";

export type { Need } from "./need";

/** Where the needs of each type of resource are derived. A type that is not in the table has no needs of its own. */
const NEEDS: Readonly<Record<string, NeedsOf>> = {
  "aws:apigateway/account:Account": apiAccountNeeds,
  "aws:apigatewayv2/integration:Integration": integrationNeeds,
  "aws:appsync/dataSource:DataSource": dataSourceNeeds,
  "aws:appsync/graphQLApi:GraphQLApi": graphqlApiNeeds,
  "aws:cloudwatch/eventBus:EventBus": eventBusNeeds,
  "aws:cloudwatch/eventTarget:EventTarget": eventTargetNeeds,
  "aws:cloudwatch/logGroup:LogGroup": logGroupNeeds,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarmNeeds,
  "aws:datasync/s3Location:S3Location": dataSyncLocationNeeds,
  "aws:datasync/task:Task": dataSyncTaskNeeds,
  "aws:dms/endpoint:Endpoint": migrationEndpointNeeds,
  "aws:dms/eventSubscription:EventSubscription": migrationEventNeeds,
  "aws:dms/replicationInstance:ReplicationInstance": replicationInstanceNeeds,
  "aws:dms/s3Endpoint:S3Endpoint": migrationEndpointNeeds,
  "aws:ec2/flowLog:FlowLog": flowLogNeeds,
  "aws:glue/crawler:Crawler": crawlerNeeds,
  "aws:glue/job:Job": glueJobNeeds,
  "aws:iam/role:Role": readerNeeds,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": firehoseNeeds,
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceNeeds,
  "aws:lambda/function:Function": functionNeeds,
  "aws:rds/clusterInstance:ClusterInstance": monitoringNeeds,
  "aws:rds/eventSubscription:EventSubscription": databaseEventNeeds,
  "aws:rds/instance:Instance": monitoringNeeds,
  "aws:rds/proxy:Proxy": proxyNeeds,
  "aws:s3/bucketLogging:BucketLogging": accessLogNeeds,
  "aws:s3/bucketNotification:BucketNotification": notificationNeeds,
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": replicationNeeds,
  "aws:scheduler/schedule:Schedule": scheduleNeeds,
  "aws:sfn/stateMachine:StateMachine": stateMachineNeeds,
  "aws:sns/topicSubscription:TopicSubscription": subscriptionNeeds,
};

/** Derives every request that the deployed program will make, those on keys included, each once. */
export function needsOf(program: ProgramPolicies): readonly Need[] {
  const own = once(program.resources.flatMap((resource) => NEEDS[resource.type]?.(resource, program) ?? []));
  return once([...own, ...keyNeeds(own, program)]);
}

const keyOf = ({ caller, action, resource, context }: Need): string =>
  `${caller.kind === "service" ? caller.service : caller.arn}\n${action}\n${resource}\n${context ? JSON.stringify(context) : ""}`;

/** Keeps the first of needs that ask the same. */
function once(needs: readonly Need[]): readonly Need[] {
  const found = new Map<string, Need>();
  for (const need of needs) {
    const key = keyOf(need);
    if (!found.has(key)) found.set(key, need);
  }
  return [...found.values()];
}
