//! Each call and its answer, with any transport.

use std::{collections::BTreeMap, fmt::Debug};

use client_fixture::shop::*;
use client_types::{NewOrder, Order, OrderId};
use http::StatusCode;

/// Calls operations, and compares their answers.
pub(crate) async fn all<T: Transport<Error: Debug>>(client: &Client<T>) {
    orders(client).await;
    paths(client).await;
    own_types(client).await;
    shapes(client).await;
    bodies(client).await;
    several_formats(client).await;
    undocumented(client).await;
}

fn new_order(product: &str) -> NewOrder {
    NewOrder {
        product: product.to_owned(),
        count: 2,
    }
}

async fn orders<T: Transport<Error: Debug>>(client: &Client<T>) {
    let tea = new_order("tea");
    match client.app_create(&tea).await.unwrap() {
        AppCreateAnswer::Created { location, body } => {
            assert_eq!(location.unwrap(), "/orders/n7");
            assert_eq!((body.id, body.product.as_str(), body.count), (7, "tea", 2));
        }
        other => panic!("{other:?}"),
    }
    match client.app_create(&new_order("coal")).await.unwrap() {
        AppCreateAnswer::NotFound(problem) => {
            assert_eq!(problem.detail, "there is no product coal");
        }
        other => panic!("{other:?}"),
    }
    match client.app_show(&OrderId(7)).await.unwrap() {
        AppShowAnswer::Ok(Order { id: 7, .. }) => {}
        other => panic!("{other:?}"),
    }
    let missing = client.app_show(&OrderId(8)).await.unwrap();
    assert!(matches!(missing, AppShowAnswer::NotFound(_)), "{missing:?}");
    let filter = types::Filter {
        product: Some("tea & cake+ü".to_owned()),
        tag: Some(vec!["a".to_owned(), "b=c".to_owned()]),
        limit: Some(9),
    };
    let all = client.app_list(&types::Filter::default()).await.unwrap();
    assert!(matches!(all, AppListAnswer::Ok(page) if page.items[0].id == 0));
    match client.app_list(&filter).await.unwrap() {
        AppListAnswer::Ok(page) => {
            assert_eq!(page.items[0].product, "tea & cake+ü a|b=c");
            assert_eq!((page.items[0].id, page.total), (9, 1));
        }
        other => panic!("{other:?}"),
    }
}

async fn paths<T: Transport<Error: Debug>>(client: &Client<T>) {
    for name in ["a/b", "ü ?#%2F", "..a", "{x}", "+&;=:@"] {
        match client.app_echo(name).await.unwrap() {
            AppEchoAnswer::Ok(text) => assert_eq!(text, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    match client.app_file("a b/ü.txt").await.unwrap() {
        AppFileAnswer::Ok(text) => assert_eq!(text, "a b/ü.txt"),
        other => panic!("{other:?}"),
    }
    for path in ["..", "a/../b", ".", ""] {
        let error = client.app_file(path).await.unwrap_err();
        assert!(
            matches!(error, ClientError::Request(_)),
            "{path}: {error:?}"
        );
    }
}

async fn own_types<T: Transport<Error: Debug>>(client: &Client<T>) {
    let input = types::ReceiptInput {
        first_order: Order {
            id: 1,
            product: "tea".to_owned(),
            count: 1,
        },
        delivery: types::Delivery::Parcel {
            street: "Main".to_owned(),
            self_: true,
        },
        color: Some(types::Color::DarkBlue),
        parent: None,
        pair: (3, "x".to_owned()),
        by_name: BTreeMap::from([("a".to_owned(), vec![types::Color::Red])]),
        count: None,
    };
    let input = types::ReceiptInput {
        delivery: types::Delivery::Pickup,
        parent: Some(Box::new(input.clone())),
        ..input
    };
    match client.app_receipt(&input).await.unwrap() {
        AppReceiptAnswer::Ok(receipt) => {
            assert_eq!(
                (receipt.delivery, receipt.count),
                (types::Delivery::Pickup, 0)
            );
            let parent = receipt.parent.unwrap();
            assert_eq!(parent.delivery, input.parent.unwrap().delivery);
            assert_eq!((parent.by_name, parent.pair), (input.by_name, input.pair));
        }
        other => panic!("{other:?}"),
    }
    match client.app_maps().await.unwrap() {
        AppMapsAnswer::Ok(map) => assert_eq!((map["a"].0.id, map["a"].1), (1, None)),
        other => panic!("{other:?}"),
    }
}

/// The server reads and writes what the client does.
async fn shapes<T: Transport<Error: Debug>>(client: &Client<T>) {
    let empty = types::Shapes {
        meters: 1.5,
        either: vec![7.into(), "seven".into()],
        name: "n".to_owned(),
        shapes: vec![types::Shape::Empty, types::Shape::Square { side: 2 }],
        r#type: types::Adjacent::Nothing,
        other_properties: BTreeMap::from([("more".to_owned(), 9)]),
    };
    let shapes = types::Shapes {
        shapes: vec![
            types::Shape::HttpLink("x".to_owned()),
            types::Shape::Within(empty.clone()),
        ],
        r#type: types::Adjacent::Text {
            content: "text".to_owned(),
        },
        ..empty
    };
    match client.app_shapes(&shapes).await.unwrap() {
        AppShapesAnswer::Ok(same) => assert_eq!(same, shapes),
        other => panic!("{other:?}"),
    }
    let unknown = types::Shapes {
        shapes: vec![types::Shape::Unknown("Star".into())],
        ..shapes
    };
    match client.app_shapes(&unknown).await.unwrap() {
        AppShapesAnswer::UnprocessableEntity(problem) => assert!(!problem.errors.is_empty()),
        other => panic!("{other:?}"),
    }
}

async fn bodies<T: Transport<Error: Debug>>(client: &Client<T>) {
    let text = client.app_text("text ü").await.unwrap();
    assert!(matches!(text, AppTextAnswer::Ok(text) if text == "text ü"));
    let order = new_order("a&b c");
    match client.app_form(&order).await.unwrap() {
        AppFormAnswer::Ok(same) => assert_eq!(same, order),
        other => panic!("{other:?}"),
    }
    for (body, has_body) in [(Some(&order), true), (None, false)] {
        let answer = client.app_optional(body).await.unwrap();
        assert!(matches!(answer, AppOptionalAnswer::Ok(known) if known == has_body));
    }
    let form = "--x\r\ncontent-disposition: form-data; name=a\r\n\r\nfour\r\n--x--\r\n";
    let body = RawBody {
        content_type: "multipart/form-data; boundary=x".to_owned(),
        body: form.into(),
    };
    let answer = client.app_multipart(body).await.unwrap();
    assert!(matches!(answer, AppMultipartAnswer::Ok(4)), "{answer:?}");
}

async fn several_formats<T: Transport<Error: Debug>>(client: &Client<T>) {
    let json = client.app_either(7).await.unwrap();
    assert!(matches!(json, AppEitherAnswer::OkJson(7)), "{json:?}");
    let html = client.app_either(200).await.unwrap();
    assert!(matches!(html, AppEitherAnswer::OkHtml(text) if text == "<p>"));
    let number = client.app_two(3).await.unwrap();
    assert!(matches!(number, AppTwoAnswer::OkJson(3)), "{number:?}");
    let list = client.app_two(0).await.unwrap();
    assert!(matches!(list, AppTwoAnswer::OkJson2(list) if list.len() == 1));
    let moved = client.app_moved().await.unwrap();
    match moved {
        AppMovedAnswer::TemporaryRedirect { location } => assert_eq!(location.unwrap(), "/orders"),
        other => panic!("{other:?}"),
    }
    let put = client.app_any_put_any().await.unwrap();
    assert!(matches!(put, AppAnyPutAnyAnswer::Ok(method) if method == "PUT"));
}

/// Answers that the document does not have.
async fn undocumented<T: Transport<Error: Debug>>(client: &Client<T>) {
    #[expect(deprecated)]
    let teapot = client.app_teapot().await.unwrap();
    let AppTeapotAnswer::Unexpected {
        status,
        headers,
        body,
    } = teapot
    else {
        panic!("{teapot:?}");
    };
    assert_eq!(status, StatusCode::IM_A_TEAPOT);
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(body, "short and stout");
    match client.app_broken().await.unwrap_err() {
        ClientError::Body {
            status,
            body,
            reason,
            ..
        } => {
            assert_eq!((status, body), (StatusCode::OK, "{\"id\": 7".into()));
            assert!(reason.contains("EOF"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    match client.app_page().await.unwrap() {
        AppPageAnswer::Unexpected { status, body, .. } => {
            assert_eq!((status, body), (StatusCode::NOT_FOUND, "<p>".into()));
        }
        other => panic!("{other:?}"),
    }
}
