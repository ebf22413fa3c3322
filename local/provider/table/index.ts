import type { Row } from "../generic/row";
import { APIGATEWAY } from "./apigateway";
import { APPAUTOSCALING } from "./appautoscaling";
import { APPSYNC } from "./appsync";
import { CLOUDWATCH } from "./cloudwatch";
import { DATASYNC } from "./datasync";
import { DMS } from "./dms";
import { GLUE } from "./glue";
import { LOGS } from "./logs";
import { RDS } from "./rds";
import { SNS } from "./sns";
import { SQS } from "./sqs";

/** Every type of the table, a file a service. */
export const TABLE: readonly Row[] = [
  ...APIGATEWAY,
  ...APPAUTOSCALING,
  ...APPSYNC,
  ...CLOUDWATCH,
  ...DATASYNC,
  ...DMS,
  ...GLUE,
  ...LOGS,
  ...RDS,
  ...SNS,
  ...SQS,
];
