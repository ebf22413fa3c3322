"""
The few names that functions/glue takes from AWS Glue's own library, which no package index carries, with the same
behaviour where the script can tell: arguments, the session, job bookmarks. Nothing else of `awsglue` is here.
"""
