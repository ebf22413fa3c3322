/** A policy that AWS manages, as far as the platform's services use it. */
interface ManagedPolicy {
  readonly statements: readonly object[];
  /** The page of AWS's reference with the policy's document. */
  readonly source: string;
}

const page = (name: string): string => `https://docs.aws.amazon.com/aws-managed-policy/latest/reference/${name}.html`;
const allow = (Action: readonly string[], Resource = "*"): object => ({ Effect: "Allow", Action, Resource });

/** The managed policies that the platform attaches to roles, by name. A policy that is not in the table grants nothing here. */
export const MANAGED_POLICIES: Readonly<Record<string, ManagedPolicy>> = {
  AmazonAPIGatewayPushToCloudWatchLogs: {
    statements: [
      allow([
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
      ]),
    ],
    source: page("AmazonAPIGatewayPushToCloudWatchLogs"),
  },
  AmazonDMSVPCManagementRole: {
    statements: [
      allow([
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:ModifyNetworkInterfaceAttribute",
      ]),
    ],
    source: page("AmazonDMSVPCManagementRole"),
  },
  AmazonDMSCloudWatchLogsRole: {
    statements: [
      allow(["logs:DescribeLogGroups"]),
      allow(["logs:DescribeLogStreams"], "arn:*:logs:*:*:log-group:dms-tasks-*"),
      allow(["logs:CreateLogGroup"], "arn:*:logs:*:*:log-group:dms-tasks-*"),
      allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        "arn:*:logs:*:*:log-group:dms-tasks-*:log-stream:dms-task-*",
      ),
    ],
    source: page("AmazonDMSCloudWatchLogsRole"),
  },
  AmazonDMSRedshiftS3Role: {
    statements: [
      allow(
        [
          "s3:CreateBucket",
          "s3:ListBucket",
          "s3:DeleteBucket",
          "s3:GetBucketLocation",
          "s3:GetObject",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:GetObjectVersion",
          "s3:GetBucketPolicy",
          "s3:PutBucketPolicy",
          "s3:GetBucketAcl",
          "s3:PutBucketVersioning",
          "s3:GetBucketVersioning",
          "s3:PutLifecycleConfiguration",
          "s3:GetLifecycleConfiguration",
          "s3:DeleteBucketPolicy",
        ],
        "arn:*:s3:::dms-*",
      ),
    ],
    source: page("AmazonDMSRedshiftS3Role"),
  },
};
