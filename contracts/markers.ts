/**
 * The ends of keys that hold no data: folders that the S3 console creates, folders of Hadoop's older S3 file systems, and the file that
 * Hadoop and Spark write beside the outputs of a job that has succeeded. No flow is started for them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-file-systems.html
 */
export const MARKER_SUFFIXES: readonly string[] = ["/", "_$folder$", "/_SUCCESS"];

/** Returns whether an object is a marker and holds no data. */
export const isMarker = (key: string): boolean => MARKER_SUFFIXES.some((suffix) => `/${key}`.endsWith(suffix));
