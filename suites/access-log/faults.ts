import { connectionManager, filter, listener, networkFilter, route } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';

/** Gives the access log of a filter another format. */
function formatted(name: string, log: string, format: object): Fault {
  return config({ at: connectionManager(name), set: { [`access_log[${log}].typed_config.log_format`]: format } });
}

const text = (inline: string) => ({ text_format_source: { inline_string: `${inline}\n` } });

export const faults: Faults = {
  'default format replaced, and no log of TCP': {
    fault: [
      config({
        at: connectionManager('ingress'),
        add: { 'access_log[text].typed_config.log_format': text('%RESPONSE_CODE%') },
      }),
      config({
        at: networkFilter('envoy.filters.network.tcp_proxy', listener('bytes')),
        delete: ['typed_config.access_log'],
      }),
    ],
    why: 'a line has the status alone, or there is none',
  },
  'JSON format replaced by a text': {
    fault: formatted('json', 'json', text('%BYTES_SENT%')),
    why: 'no field has a name',
  },
  'empty values kept': {
    fault: formatted('sparse', 'text', text('text <%REQ(x-none)%> %REQ(:method)%')),
    why: 'a text has a dash for them',
  },
  'filters removed': {
    fault: config({
      at: connectionManager('filtered'),
      delete: ['status', 'flags', 'header', 'both', 'never'].map((log) => `access_log[${log}].filter`),
    }),
    why: 'every request is in every log',
  },
  'options of the logs removed': {
    fault: [
      config({ at: connectionManager('typed'), delete: ['access_log_options'] }),
      config({
        at: networkFilter('envoy.filters.network.tcp_proxy', listener('typed_bytes')),
        delete: ['typed_config.access_log_options'],
      }),
    ],
    why: 'a request and a connection have one line each',
  },
  'no upstream_log': {
    fault: config({
      at: filter('envoy.filters.http.router', connectionManager('upstream_log')),
      delete: ['typed_config.upstream_log'],
    }),
    why: 'a try has no line',
  },
  'direct response taken from the upstream': {
    fault: config({
      at: route('/direct'),
      delete: ['direct_response'],
      add: { route: { cluster: 'upstream' } },
    }),
    why: 'the response has a try, and its status is 404',
  },
  'upstream returns 500 for every path': {
    fault: upstream('upstream', { status: 500 }),
    why: 'each log has another status',
  },
};

const FILTERED = 'HTTP connection manager filtered: access_log';

export const accepted: Record<string, string> = {
  [`${FILTERED}[both].filter.and_filter.filters[#2].status_code_filter.comparison.op is not there`]:
    'EQ is the default; the config names it for readers',
  [`${FILTERED}[never].typed_config.log_format.text_format_source.inline_string is "never\\nx"`]:
    'nothing is written to this log',
  'HTTP connection manager sparse: access_log[json].typed_config.log_format.json_format.absent is not there':
    'since 1.40.0, an empty value is left out either way',
};
