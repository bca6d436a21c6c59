//! The tests of one engine: savepoints, and connections that a handler leaves in another state.

macro_rules! nested {
    () => {
        /// Ignores the error of a statement in a savepoint.
        #[post("/nested/ignores")]
        async fn nested_ignores(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            insert(&mut tx, "outer").await?;
            let mut inner = tx.begin().await?;
            insert(&mut inner, "inner").await?;
            assert!(sqlx::query("SELECT nothing FROM nowhere").execute(&mut *inner).await.is_err());
            inner.rollback().await?;
            // It is rolled back when it is dropped.
            let mut inner = tx.begin().await?;
            insert(&mut inner, "dropped").await?;
            assert!(insert(&mut inner, "dropped").await.is_err());
            drop(inner);
            let mut inner = tx.begin().await?;
            insert(&mut inner, "kept").await?;
            inner.commit().await?;
            insert(&mut tx, "last").await?;
            Ok(StatusCode::CREATED)
        }

        /// Leaves a savepoint open.
        #[post("/nested/leaves-open")]
        async fn nested_leaves_open(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            insert(&mut tx, "outer").await?;
            let mut inner = tx.begin().await?;
            insert(&mut inner, "inner").await?;
            // It is never dropped, so it does not end.
            let _inner = std::mem::ManuallyDrop::new(inner);
            Ok(StatusCode::CREATED)
        }

        /// Fails after a savepoint.
        #[post("/nested/fails")]
        async fn nested_fails(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            let mut inner = tx.begin().await?;
            insert(&mut inner, "inner").await?;
            inner.commit().await?;
            Ok(StatusCode::CONFLICT)
        }

        /// Gives up on a savepoint before it has begun, which rolls the transaction back.
        #[post("/nested/gives-up")]
        async fn nested_gives_up(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            insert(&mut tx, "lost").await?;
            {
                let mut begin = std::pin::pin!(tx.begin());
                let waker = std::task::Waker::noop();
                drop(begin.as_mut().poll(&mut std::task::Context::from_waker(waker)));
            }
            Ok(StatusCode::CREATED)
        }

        /// Begins a transaction with a statement, and does not end it.
        #[post("/raw/{status}")]
        async fn raw(status: u16, mut conn: Conn<'_, Main>) -> highball::Result<StatusCode> {
            conn.execute("BEGIN").await?;
            insert(&mut conn, "raw").await?;
            Ok(StatusCode::from_u16(status)?)
        }

        /// Gives up on a transaction before it has begun.
        #[post("/conn/gives-up")]
        async fn conn_gives_up(mut conn: Conn<'_, Main>) {
            let mut begin = std::pin::pin!(conn.begin());
            let waker = std::task::Waker::noop();
            drop(begin.as_mut().poll(&mut std::task::Context::from_waker(waker)));
        }

        /// Stores an order with a single statement.
        #[post("/conn/inserts")]
        async fn conn_inserts(mut conn: Conn<'_, Main>) -> highball::Result {
            Ok(insert(&mut conn, "seen").await?)
        }

        /// Takes longer than its route may.
        #[post("/late", timeout = millis(300))]
        async fn late(mut tx: Tx<'_, Main>) -> highball::Result {
            insert(&mut tx, "late").await?;
            std::future::pending().await
        }

        #[routes(app)]
        struct Nested(
            conn_gives_up,
            conn_inserts,
            late,
            nested_ignores,
            nested_leaves_open,
            nested_fails,
            nested_gives_up,
            raw,
            order,
        );

        type Engine = <Main as highball_db::Database>::Engine;

        async fn insert(
            conn: &mut <Engine as sqlx::Database>::Connection,
            name: &str,
        ) -> Result<(), sqlx::Error> {
            let insert = sqlx::query(INSERT).bind(name).bind(None::<i64>);
            insert.execute(conn).await.map(drop)
        }

        /// Sends a request, and returns its status, the names that are stored, and whether another one can be.
        async fn nested(builder: Builder<Main>, path: &str) -> (u16, Vec<String>) {
            let pool = builder.max(1).build();
            prepare(&pool).await;
            settle(&pool).await;
            let session = Nested.test().state(AppState { pool: pool.clone() }).start();
            let status = session.post(path).send().await.status().as_u16();
            settle(&pool).await;
            // A row of the next request is committed, so another connection sees it.
            assert_eq!(session.post("/conn/inserts").send().await.status(), 200);
            let other = pool.sqlx(1);
            let names = sqlx::query_scalar("SELECT name FROM orders ORDER BY name");
            let mut names: Vec<String> = names.fetch_all(&other).await.expect("the names");
            let at = names.iter().position(|name| name == "seen");
            names.remove(at.expect("the row of the next request"));
            let next = session.post("/orders/201").json(&json!({ "name": "next" })).send().await;
            assert_eq!(next.status(), 201, "{}", next.text());
            settle(&pool).await;
            assert_eq!(pool.status().used, 0);
            (status, names)
        }

        #[tokio::test]
        async fn an_error_in_a_savepoint_ends_only_the_savepoint() {
            let Some((builder, _place)) = pool() else { return };
            let (status, names) = nested(builder, "/nested/ignores").await;
            assert_eq!((status, names), (201, ["kept", "last", "outer"].map(String::from).to_vec()));
        }

        #[tokio::test]
        async fn a_savepoint_that_is_left_open_is_committed_with_its_transaction() {
            let Some((builder, _place)) = pool() else { return };
            let (status, names) = nested(builder, "/nested/leaves-open").await;
            assert_eq!((status, names), (201, ["inner", "outer"].map(String::from).to_vec()));
        }

        #[tokio::test]
        async fn a_savepoint_is_rolled_back_with_its_transaction() {
            let Some((builder, _place)) = pool() else { return };
            assert_eq!(nested(builder, "/nested/fails").await, (409, vec![]));
        }

        #[tokio::test]
        async fn a_timeout_rolls_back_and_leaves_no_transaction() {
            let Some((builder, _place)) = pool() else { return };
            assert_eq!(nested(builder, "/late").await, (503, vec![]));
        }

        #[tokio::test]
        async fn a_transaction_that_is_gone_is_no_success() {
            let Some((builder, _place)) = pool() else { return };
            let (status, names) = nested(builder, "/nested/gives-up").await;
            // SQLite may have begun the savepoint at once, and then only the savepoint is rolled back.
            let is_kept = status == 201 && names == ["lost"];
            assert!(is_kept || status == 500 && names.is_empty(), "{status} {names:?}");
        }

        #[tokio::test]
        async fn a_begin_that_is_given_up_is_not_left_to_the_next_request() {
            let Some((builder, _place)) = pool() else { return };
            assert_eq!(nested(builder, "/conn/gives-up").await, (200, vec![]));
        }

        #[tokio::test]
        async fn a_transaction_of_a_statement_is_not_left_to_the_next_request() {
            for (status, check_after) in [("409", 5000), ("200", 0)] {
                let Some((builder, _place)) = pool() else { return };
                let builder = builder.check_after(Duration::from_millis(check_after));
                let (answered, names) = nested(builder, &format!("/raw/{status}")).await;
                assert_eq!(answered.to_string(), status);
                assert!(names.is_empty(), "{names:?}");
            }
        }
    };
}
