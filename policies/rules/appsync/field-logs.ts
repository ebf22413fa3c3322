import { equals, requires } from "../../predicates";

export default requires(
  "aws:appsync/graphQLApi:GraphQLApi",
  "logConfig.fieldLogLevel",
  equals("ERROR", "ALL", "INFO", "DEBUG"),
  "nobody learns which field failed",
);
