import { isTrue, requires } from "../../predicates";

export default requires("aws:appsync/graphQLApi:GraphQLApi", "xrayEnabled", isTrue, "requests leave no trace");
