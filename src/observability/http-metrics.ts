/** Duration of requests; its `_count` counts them. Labels: method, route, status. */
export const HTTP_DURATION = 'http_server_request_duration_seconds';

/** A matcher of requests to what the service serves. What strangers ask for in vain is quick, and no failure: it would dilute both. */
export const SERVED = 'route!="unmatched"';

/** Requests that never became whole ones. Labels: status. */
export const HTTP_MALFORMED = 'http_server_requests_malformed_total';

/** Requests that are being answered. */
export const HTTP_IN_FLIGHT = 'http_server_requests_in_flight';

/** Sizes of requests and responses. Labels: method, route. */
export const HTTP_REQUEST_SIZE = 'http_server_request_size_bytes';
export const HTTP_RESPONSE_SIZE = 'http_server_response_size_bytes';

/** Duration of requests to other services. Labels: host, method, status. */
export const HTTP_CLIENT_DURATION = 'http_client_request_duration_seconds';
