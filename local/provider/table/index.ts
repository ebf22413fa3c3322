import type { Row } from "../generic/row";
import { CLOUDWATCH } from "./cloudwatch";
import { LOGS } from "./logs";
import { SNS } from "./sns";
import { SQS } from "./sqs";

/** Every type of the table, a file a service. */
export const TABLE: readonly Row[] = [...CLOUDWATCH, ...LOGS, ...SNS, ...SQS];
