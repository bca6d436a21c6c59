//! The routes of GitHub's REST API: 138 routes, each with its handler.

use highball::prelude::*;

/// Defines a handler for each line, and a group that contains all of them.
macro_rules! stubs {
    ($($name:ident $method:ident $path:literal ($($param:ident),*);)*) => {
        $(
            #[$method($path)]
            async fn $name($($param: &str),*) -> &'static str {
                $(let _ = $param;)*
                "stub"
            }
        )*

        /// The 138 routes.
        #[routes]
        pub(crate) struct Table(comments, $($name),*);
    };
}

/// The response of [`comments`]. The other handlers return a constant.
#[derive(serde::Serialize)]
struct Comments<'r> {
    owner: &'r str,
    repo: &'r str,
    number: u64,
}

/// Returns its three parameters as JSON.
#[get("/repos/{owner}/{repo}/issues/{number}/comments")]
async fn comments(cx: &Context<'_>, owner: &str, repo: &str, number: u64) -> Response {
    cx.json(
        200,
        &Comments {
            owner,
            repo,
            number,
        },
    )
}

stubs! {
    r0 get "/authorizations" ();
    r1 get "/authorizations/{id}" (id);
    r2 post "/authorizations" ();
    r3 delete "/authorizations/{id}" (id);
    r4 get "/events" ();
    r5 get "/repos/{owner}/{repo}/events" (owner, repo);
    r6 get "/networks/{owner}/{repo}/events" (owner, repo);
    r7 get "/orgs/{org}/events" (org);
    r8 get "/users/{id}/received_events" (id);
    r9 get "/users/{id}/received_events/public" (id);
    r10 get "/users/{id}/events" (id);
    r11 get "/users/{id}/events/public" (id);
    r12 get "/users/{id}/events/orgs/{org}" (id, org);
    r13 get "/feeds" ();
    r14 get "/notifications" ();
    r15 put "/notifications" ();
    r16 get "/repos/{owner}/{repo}/notifications" (owner, repo);
    r17 put "/repos/{owner}/{repo}/notifications" (owner, repo);
    r18 get "/notifications/threads/{id}" (id);
    r19 get "/notifications/threads/{id}/subscription" (id);
    r20 put "/notifications/threads/{id}/subscription" (id);
    r21 delete "/notifications/threads/{id}/subscription" (id);
    r22 get "/repos/{owner}/{repo}/stargazers" (owner, repo);
    r23 get "/users/{id}/starred" (id);
    r24 get "/user/starred" ();
    r25 get "/user/starred/{owner}/{repo}" (owner, repo);
    r26 put "/user/starred/{owner}/{repo}" (owner, repo);
    r27 delete "/user/starred/{owner}/{repo}" (owner, repo);
    r28 get "/repos/{owner}/{repo}/subscribers" (owner, repo);
    r29 get "/users/{id}/subscriptions" (id);
    r30 get "/user/subscriptions" ();
    r31 get "/repos/{owner}/{repo}/subscription" (owner, repo);
    r32 put "/repos/{owner}/{repo}/subscription" (owner, repo);
    r33 delete "/repos/{owner}/{repo}/subscription" (owner, repo);
    r34 get "/users/{id}/gists" (id);
    r35 get "/gists" ();
    r36 get "/gists/{id}" (id);
    r37 post "/gists" ();
    r38 put "/gists/{id}/star" (id);
    r39 delete "/gists/{id}/star" (id);
    r40 get "/gists/{id}/star" (id);
    r41 post "/gists/{id}/forks" (id);
    r42 delete "/gists/{id}" (id);
    r43 get "/repos/{owner}/{repo}/git/blobs/{sha}" (owner, repo, sha);
    r44 post "/repos/{owner}/{repo}/git/blobs" (owner, repo);
    r45 get "/repos/{owner}/{repo}/git/commits/{sha}" (owner, repo, sha);
    r46 post "/repos/{owner}/{repo}/git/commits" (owner, repo);
    r47 get "/repos/{owner}/{repo}/git/refs" (owner, repo);
    r48 post "/repos/{owner}/{repo}/git/refs" (owner, repo);
    r49 get "/repos/{owner}/{repo}/git/tags/{sha}" (owner, repo, sha);
    r50 post "/repos/{owner}/{repo}/git/tags" (owner, repo);
    r51 get "/repos/{owner}/{repo}/git/trees/{sha}" (owner, repo, sha);
    r52 post "/repos/{owner}/{repo}/git/trees" (owner, repo);
    r53 get "/issues" ();
    r54 get "/user/issues" ();
    r55 get "/orgs/{org}/issues" (org);
    r56 get "/repos/{owner}/{repo}/issues" (owner, repo);
    r57 get "/repos/{owner}/{repo}/issues/{number}" (owner, repo, number);
    r58 post "/repos/{owner}/{repo}/issues" (owner, repo);
    r59 get "/repos/{owner}/{repo}/assignees" (owner, repo);
    r60 get "/repos/{owner}/{repo}/assignees/{assignee}" (owner, repo, assignee);
    r61 post "/repos/{owner}/{repo}/issues/{number}/comments" (owner, repo, number);
    r62 get "/repos/{owner}/{repo}/issues/{number}/events" (owner, repo, number);
    r63 get "/repos/{owner}/{repo}/labels" (owner, repo);
    r64 get "/repos/{owner}/{repo}/labels/{name}" (owner, repo, name);
    r65 post "/repos/{owner}/{repo}/labels" (owner, repo);
    r66 delete "/repos/{owner}/{repo}/labels/{name}" (owner, repo, name);
    r67 get "/repos/{owner}/{repo}/issues/{number}/labels" (owner, repo, number);
    r68 post "/repos/{owner}/{repo}/issues/{number}/labels" (owner, repo, number);
    r69 put "/repos/{owner}/{repo}/issues/{number}/labels" (owner, repo, number);
    r70 delete "/repos/{owner}/{repo}/issues/{number}/labels" (owner, repo, number);
    r71 get "/repos/{owner}/{repo}/milestones" (owner, repo);
    r72 get "/repos/{owner}/{repo}/milestones/{number}" (owner, repo, number);
    r73 post "/repos/{owner}/{repo}/milestones" (owner, repo);
    r74 delete "/repos/{owner}/{repo}/milestones/{number}" (owner, repo, number);
    r75 get "/repos/{owner}/{repo}/milestones/{number}/labels" (owner, repo, number);
    r76 get "/emojis" ();
    r77 get "/gitignore/templates" ();
    r78 get "/gitignore/templates/{name}" (name);
    r79 post "/markdown" ();
    r80 post "/markdown/raw" ();
    r81 get "/meta" ();
    r82 get "/rate_limit" ();
    r83 get "/users/{id}/orgs" (id);
    r84 get "/user/orgs" ();
    r85 get "/orgs/{org}" (org);
    r86 get "/orgs/{org}/members" (org);
    r87 get "/orgs/{org}/members/{user}" (org, user);
    r88 delete "/orgs/{org}/members/{user}" (org, user);
    r89 get "/orgs/{org}/public_members" (org);
    r90 get "/orgs/{org}/public_members/{user}" (org, user);
    r91 put "/orgs/{org}/public_members/{user}" (org, user);
    r92 delete "/orgs/{org}/public_members/{user}" (org, user);
    r93 get "/orgs/{org}/teams" (org);
    r94 get "/teams/{id}" (id);
    r95 post "/orgs/{org}/teams" (org);
    r96 delete "/teams/{id}" (id);
    r97 get "/teams/{id}/members" (id);
    r98 get "/teams/{id}/members/{user}" (id, user);
    r99 put "/teams/{id}/members/{user}" (id, user);
    r100 delete "/teams/{id}/members/{user}" (id, user);
    r101 get "/teams/{id}/repos" (id);
    r102 get "/teams/{id}/repos/{owner}/{repo}" (id, owner, repo);
    r103 put "/teams/{id}/repos/{owner}/{repo}" (id, owner, repo);
    r104 delete "/teams/{id}/repos/{owner}/{repo}" (id, owner, repo);
    r105 get "/user/teams" ();
    r106 get "/repos/{owner}/{repo}/pulls" (owner, repo);
    r107 get "/repos/{owner}/{repo}/pulls/{number}" (owner, repo, number);
    r108 post "/repos/{owner}/{repo}/pulls" (owner, repo);
    r109 get "/repos/{owner}/{repo}/pulls/{number}/commits" (owner, repo, number);
    r110 get "/repos/{owner}/{repo}/pulls/{number}/files" (owner, repo, number);
    r111 get "/repos/{owner}/{repo}/pulls/{number}/merge" (owner, repo, number);
    r112 put "/repos/{owner}/{repo}/pulls/{number}/merge" (owner, repo, number);
    r113 get "/repos/{owner}/{repo}/pulls/{number}/comments" (owner, repo, number);
    r114 put "/repos/{owner}/{repo}/pulls/{number}/comments" (owner, repo, number);
    r115 get "/user/repos" ();
    r116 get "/users/{id}/repos" (id);
    r117 get "/orgs/{org}/repos" (org);
    r118 get "/repositories" ();
    r119 post "/user/repos" ();
    r120 post "/orgs/{org}/repos" (org);
    r121 get "/repos/{owner}/{repo}" (owner, repo);
    r122 get "/repos/{owner}/{repo}/contributors" (owner, repo);
    r123 get "/repos/{owner}/{repo}/languages" (owner, repo);
    r124 get "/repos/{owner}/{repo}/teams" (owner, repo);
    r125 get "/repos/{owner}/{repo}/tags" (owner, repo);
    r126 get "/repos/{owner}/{repo}/branches" (owner, repo);
    r127 get "/repos/{owner}/{repo}/branches/{branch}" (owner, repo, branch);
    r128 delete "/repos/{owner}/{repo}" (owner, repo);
    r129 get "/repos/{owner}/{repo}/collaborators" (owner, repo);
    r130 get "/repos/{owner}/{repo}/collaborators/{user}" (owner, repo, user);
    r131 put "/repos/{owner}/{repo}/collaborators/{user}" (owner, repo, user);
    r132 delete "/repos/{owner}/{repo}/collaborators/{user}" (owner, repo, user);
    r133 get "/repos/{owner}/{repo}/comments" (owner, repo);
    r134 get "/repos/{owner}/{repo}/comments/{id}" (owner, repo, id);
    r135 get "/repos/{owner}/{repo}/commits" (owner, repo);
    r136 get "/repos/{owner}/{repo}/commits/{sha}" (owner, repo, sha);
}
