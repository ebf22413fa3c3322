import type { Row } from "../generic/row";

const turned = (action: "ENABLE" | "DISABLE"): { operation: string; with: Record<string, string> } => ({
  operation: "UpdateContributorInsights",
  with: { ContributorInsightsAction: action },
});

export const DYNAMODB: readonly Row[] = [
  {
    type: "aws:dynamodb/contributorInsights:ContributorInsights",
    service: "DynamoDB",
    create: turned("ENABLE"),
    id: "name:{tableName}/index:{indexName}/{accountId}",
    names: { mode: "ContributorInsightsMode" },
    read: { operation: "DescribeContributorInsights", item: "." },
    gone: ({ ContributorInsightsStatus: status }) => status !== "ENABLED" && status !== "ENABLING",
    // No index is an empty part of the id.
    computed: ({ item, known }) => ({ indexName: item.IndexName ?? known.indexName }),
    update: [turned("ENABLE")],
    delete: { ...turned("DISABLE"), without: ["mode"] },
    replaceOn: ["tableName", "indexName"],
    defaults: { mode: "ACCESSED_AND_THROTTLED_KEYS" },
  },
  {
    type: "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
    service: "DynamoDB",
    create: "EnableKinesisStreamingDestination",
    id: "{tableName},{streamArn}",
    names: {
      approximateCreationDateTimePrecision: [
        "EnableKinesisStreamingConfiguration.ApproximateCreationDateTimePrecision",
        "ApproximateCreationDateTimePrecision",
      ],
    },
    read: { operation: "DescribeKinesisStreamingDestination", item: "KinesisDataStreamDestinations" },
    gone: ({ DestinationStatus: status }) => !/^(ACTIVE|ENABLING|UPDATING)$/.test(status ?? ""),
    computed: ({ item }) => ({
      approximateCreationDateTimePrecision: item.ApproximateCreationDateTimePrecision ?? "MILLISECOND",
    }),
    delete: { operation: "DisableKinesisStreamingDestination", without: ["approximateCreationDateTimePrecision"] },
    replaceOn: ["tableName", "streamArn", "approximateCreationDateTimePrecision"],
    defaults: { approximateCreationDateTimePrecision: "MILLISECOND" },
    deleteBeforeReplace: true,
  },
];
