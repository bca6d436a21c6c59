//! The route table of GitHub's REST API, except for the path with a route that does more than respond with `stub`.

/// Calls a macro with each path and its routes: a name, and the method in upper and lower case.
#[macro_export]
macro_rules! routes {
    ($call:ident) => {
        $call! {
            "/authorizations" => r000 get GET, r002 post POST;
            "/authorizations/{id}" => r001 get GET, r003 delete DELETE;
            "/events" => r004 get GET;
            "/repos/{owner}/{repo}/events" => r005 get GET;
            "/networks/{owner}/{repo}/events" => r006 get GET;
            "/orgs/{org}/events" => r007 get GET;
            "/users/{id}/received_events" => r008 get GET;
            "/users/{id}/received_events/public" => r009 get GET;
            "/users/{id}/events" => r010 get GET;
            "/users/{id}/events/public" => r011 get GET;
            "/users/{id}/events/orgs/{org}" => r012 get GET;
            "/feeds" => r013 get GET;
            "/notifications" => r014 get GET, r015 put PUT;
            "/repos/{owner}/{repo}/notifications" => r016 get GET, r017 put PUT;
            "/notifications/threads/{id}" => r018 get GET;
            "/notifications/threads/{id}/subscription" =>
                r019 get GET, r020 put PUT, r021 delete DELETE;
            "/repos/{owner}/{repo}/stargazers" => r022 get GET;
            "/users/{id}/starred" => r023 get GET;
            "/user/starred" => r024 get GET;
            "/user/starred/{owner}/{repo}" => r025 get GET, r026 put PUT, r027 delete DELETE;
            "/repos/{owner}/{repo}/subscribers" => r028 get GET;
            "/users/{id}/subscriptions" => r029 get GET;
            "/user/subscriptions" => r030 get GET;
            "/repos/{owner}/{repo}/subscription" => r031 get GET, r032 put PUT, r033 delete DELETE;
            "/users/{id}/gists" => r034 get GET;
            "/gists" => r035 get GET, r037 post POST;
            "/gists/{id}" => r036 get GET, r042 delete DELETE;
            "/gists/{id}/star" => r038 put PUT, r039 delete DELETE, r040 get GET;
            "/gists/{id}/forks" => r041 post POST;
            "/repos/{owner}/{repo}/git/blobs/{sha}" => r043 get GET;
            "/repos/{owner}/{repo}/git/blobs" => r044 post POST;
            "/repos/{owner}/{repo}/git/commits/{sha}" => r045 get GET;
            "/repos/{owner}/{repo}/git/commits" => r046 post POST;
            "/repos/{owner}/{repo}/git/refs" => r047 get GET, r048 post POST;
            "/repos/{owner}/{repo}/git/tags/{sha}" => r049 get GET;
            "/repos/{owner}/{repo}/git/tags" => r050 post POST;
            "/repos/{owner}/{repo}/git/trees/{sha}" => r051 get GET;
            "/repos/{owner}/{repo}/git/trees" => r052 post POST;
            "/issues" => r053 get GET;
            "/user/issues" => r054 get GET;
            "/orgs/{org}/issues" => r055 get GET;
            "/repos/{owner}/{repo}/issues" => r056 get GET, r058 post POST;
            "/repos/{owner}/{repo}/issues/{number}" => r057 get GET;
            "/repos/{owner}/{repo}/assignees" => r059 get GET;
            "/repos/{owner}/{repo}/assignees/{assignee}" => r060 get GET;
            "/repos/{owner}/{repo}/issues/{number}/events" => r063 get GET;
            "/repos/{owner}/{repo}/labels" => r064 get GET, r066 post POST;
            "/repos/{owner}/{repo}/labels/{name}" => r065 get GET, r067 delete DELETE;
            "/repos/{owner}/{repo}/issues/{number}/labels" =>
                r068 get GET, r069 post POST, r070 put PUT, r071 delete DELETE;
            "/repos/{owner}/{repo}/milestones" => r072 get GET, r074 post POST;
            "/repos/{owner}/{repo}/milestones/{number}" => r073 get GET, r075 delete DELETE;
            "/repos/{owner}/{repo}/milestones/{number}/labels" => r076 get GET;
            "/emojis" => r077 get GET;
            "/gitignore/templates" => r078 get GET;
            "/gitignore/templates/{name}" => r079 get GET;
            "/markdown" => r080 post POST;
            "/markdown/raw" => r081 post POST;
            "/meta" => r082 get GET;
            "/rate_limit" => r083 get GET;
            "/users/{id}/orgs" => r084 get GET;
            "/user/orgs" => r085 get GET;
            "/orgs/{org}" => r086 get GET;
            "/orgs/{org}/members" => r087 get GET;
            "/orgs/{org}/members/{user}" => r088 get GET, r089 delete DELETE;
            "/orgs/{org}/public_members" => r090 get GET;
            "/orgs/{org}/public_members/{user}" => r091 get GET, r092 put PUT, r093 delete DELETE;
            "/orgs/{org}/teams" => r094 get GET, r096 post POST;
            "/teams/{id}" => r095 get GET, r097 delete DELETE;
            "/teams/{id}/members" => r098 get GET;
            "/teams/{id}/members/{user}" => r099 get GET, r100 put PUT, r101 delete DELETE;
            "/teams/{id}/repos" => r102 get GET;
            "/teams/{id}/repos/{owner}/{repo}" => r103 get GET, r104 put PUT, r105 delete DELETE;
            "/user/teams" => r106 get GET;
            "/repos/{owner}/{repo}/pulls" => r107 get GET, r109 post POST;
            "/repos/{owner}/{repo}/pulls/{number}" => r108 get GET;
            "/repos/{owner}/{repo}/pulls/{number}/commits" => r110 get GET;
            "/repos/{owner}/{repo}/pulls/{number}/files" => r111 get GET;
            "/repos/{owner}/{repo}/pulls/{number}/merge" => r112 get GET, r113 put PUT;
            "/repos/{owner}/{repo}/pulls/{number}/comments" => r114 get GET, r115 put PUT;
            "/user/repos" => r116 get GET, r120 post POST;
            "/users/{id}/repos" => r117 get GET;
            "/orgs/{org}/repos" => r118 get GET, r121 post POST;
            "/repositories" => r119 get GET;
            "/repos/{owner}/{repo}" => r122 get GET, r129 delete DELETE;
            "/repos/{owner}/{repo}/contributors" => r123 get GET;
            "/repos/{owner}/{repo}/languages" => r124 get GET;
            "/repos/{owner}/{repo}/teams" => r125 get GET;
            "/repos/{owner}/{repo}/tags" => r126 get GET;
            "/repos/{owner}/{repo}/branches" => r127 get GET;
            "/repos/{owner}/{repo}/branches/{branch}" => r128 get GET;
            "/repos/{owner}/{repo}/collaborators" => r130 get GET;
            "/repos/{owner}/{repo}/collaborators/{user}" =>
                r131 get GET, r132 put PUT, r133 delete DELETE;
            "/repos/{owner}/{repo}/comments" => r134 get GET;
            "/repos/{owner}/{repo}/comments/{id}" => r135 get GET;
            "/repos/{owner}/{repo}/commits" => r136 get GET;
            "/repos/{owner}/{repo}/commits/{sha}" => r137 get GET;
        }
    };
}
