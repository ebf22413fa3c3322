import type { Row } from "../generic/row";
import { APIGATEWAY } from "./apigateway";
import { APPAUTOSCALING } from "./appautoscaling";
import { APPSYNC } from "./appsync";
import { ATHENA } from "./athena";
import { CLOUDWATCH } from "./cloudwatch";
import { DATASYNC } from "./datasync";
import { DMS } from "./dms";
import { DYNAMODB } from "./dynamodb";
import { EC2 } from "./ec2";
import { EVENTS } from "./events";
import { FIREHOSE } from "./firehose";
import { GLUE } from "./glue";
import { IAM } from "./iam";
import { KINESIS } from "./kinesis";
import { KMS } from "./kms";
import { LAMBDA } from "./lambda";
import { LOGS } from "./logs";
import { RDS } from "./rds";
import { S3 } from "./s3";
import { SCHEDULER } from "./scheduler";
import { SECRETSMANAGER } from "./secretsmanager";
import { SNS } from "./sns";
import { SQS } from "./sqs";
import { WAFV2 } from "./wafv2";

/** Every type of the table, a file a service. */
export const TABLE: readonly Row[] = [
  ...APIGATEWAY,
  ...APPAUTOSCALING,
  ...APPSYNC,
  ...ATHENA,
  ...CLOUDWATCH,
  ...DATASYNC,
  ...DMS,
  ...DYNAMODB,
  ...EC2,
  ...EVENTS,
  ...FIREHOSE,
  ...GLUE,
  ...IAM,
  ...KINESIS,
  ...KMS,
  ...LAMBDA,
  ...LOGS,
  ...RDS,
  ...S3,
  ...SCHEDULER,
  ...SECRETSMANAGER,
  ...SNS,
  ...SQS,
  ...WAFV2,
];
